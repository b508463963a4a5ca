/// The key and nonce that hide a private message's sender (RFC 9420 section 6.3.2).
package struct SenderDataKey: Sendable {
    /// 16 bytes.
    package let key: Secret
    /// 12 bytes.
    package let nonce: [UInt8]

    /// From the epoch's sender data secret and a sample of the ciphertext.
    package init(_ secret: Secret, ciphertext: [UInt8]) throws(MLSError) {
        let sample = Array(ciphertext.prefix(Hash.byteCount))
        key = try KDF.expand(secret, label: "key", context: sample, count: AEAD.keyByteCount)
        nonce = try KDF.expand(secret, label: "nonce", context: sample, count: AEAD.nonceByteCount).revealed
    }
}

/// Encryption and decryption (RFC 9420 section 6.3).
extension PrivateMessage {
    private static let guardByteCount = 4

    private static func guarded(_ nonce: [UInt8], _ reuseGuard: [UInt8]) -> [UInt8] {
        var nonce = nonce
        for (index, byte) in reuseGuard.enumerated() { nonce[index] ^= byte }
        return nonce
    }

    private var kind: SecretTree.Kind { contentType == 1 ? .application : .handshake }

    /// Encrypts a member's signed message with the next key of its ratchet, padded with `padding` zero bytes.
    package init(
        _ message: AuthenticatedContent, secrets: inout SecretTree, senderData: Secret, padding: Int = 0
    ) throws(MLSError) {
        guard case .member(let leaf) = message.content.sender, message.wireFormat == .privateMessage else {
            throw .invalid("only a member's private message can be encrypted")
        }
        self.init(
            groupID: message.content.groupID, epoch: message.content.epoch, contentType: message.content.content.type,
            authenticatedData: message.content.authenticatedData, encryptedSenderData: [], ciphertext: [])
        var content = MLSWriter()
        message.content.content.write(to: &content)
        content.opaque(message.signature)
        if let tag = message.confirmationTag { content.opaque(tag) }
        content.fixed(Array(repeating: 0, count: padding))
        let (generation, key) = try secrets.nextKey(kind, leaf: leaf)
        let reuseGuard = try Secret.random(PrivateMessage.guardByteCount).revealed
        ciphertext = try AEAD.seal(
            Secret(content.bytes), key: key.key, nonce: PrivateMessage.guarded(key.nonce, reuseGuard),
            authenticating: contentAAD)
        content.wipe()
        var sender = MLSWriter()
        sender.uint32(leaf)
        sender.uint32(generation)
        sender.fixed(reuseGuard)
        let senderKey = try SenderDataKey(senderData, ciphertext: ciphertext)
        encryptedSenderData = try AEAD.seal(
            Secret(sender.bytes), key: senderKey.key, nonce: senderKey.nonce, authenticating: senderDataAAD)
    }

    /// Decrypts the message; its signature is the caller's to verify.
    package func open(secrets: inout SecretTree, senderData: Secret) throws(MLSError) -> AuthenticatedContent {
        let senderKey = try SenderDataKey(senderData, ciphertext: ciphertext)
        guard
            let sender = AEAD.open(
                encryptedSenderData, key: senderKey.key, nonce: senderKey.nonce, authenticating: senderDataAAD)
        else { throw .undecryptable("sender of a private message") }
        let (leaf, generation, reuseGuard) = try sender.decode { reader throws(MLSError) in
            (try reader.uint32(), try reader.uint32(), try reader.fixed(PrivateMessage.guardByteCount))
        }
        // The ratchet moves only when the message turns out to be authentic.
        var moved = secrets
        let key = try moved.key(kind, leaf: leaf, generation: generation)
        guard
            let plaintext = AEAD.open(
                ciphertext, key: key.key, nonce: PrivateMessage.guarded(key.nonce, reuseGuard),
                authenticating: contentAAD)
        else { throw .undecryptable("private message") }
        secrets = moved
        return try plaintext.decode { reader throws(MLSError) in
            let content = try Content(type: contentType, from: &reader)
            let signature = try reader.opaque()
            let tag = contentType == 3 ? try reader.opaque() : nil
            guard try reader.fixed(reader.remaining).allSatisfy({ $0 == 0 }) else {
                throw .malformed("the padding of a private message is not zero")
            }
            return AuthenticatedContent(
                wireFormat: .privateMessage,
                content: FramedContent(
                    groupID: groupID, epoch: epoch, sender: .member(leaf), authenticatedData: authenticatedData,
                    content: content), signature: signature, confirmationTag: tag)
        }
    }
}
