/// The secrets of one epoch (RFC 9420 section 8).
public struct EpochSecrets: Sendable {
    /// Keys the next epoch's schedule starts from.
    package let initSecret: Secret
    /// Encrypts the sender of private messages.
    package let senderData: Secret
    /// Root of the secret tree.
    package let encryption: Secret
    /// Root of everything exported.
    package let exporter: Secret
    /// What members compare to know that they are in the same epoch.
    package let authenticator: Secret
    /// Root of the external key pair.
    package let external: Secret
    /// Key of the confirmation tag.
    package let confirmationKey: Secret
    /// Key of membership tags.
    package let membershipKey: Secret
    /// Proves membership of this epoch to a later group.
    package let resumption: Secret

    /// The secrets that an epoch secret leads to.
    package init(epochSecret: Secret) throws(MLSError) {
        senderData = try KDF.derive(epochSecret, label: "sender data")
        encryption = try KDF.derive(epochSecret, label: "encryption")
        exporter = try KDF.derive(epochSecret, label: "exporter")
        authenticator = try KDF.derive(epochSecret, label: "authentication")
        external = try KDF.derive(epochSecret, label: "external")
        confirmationKey = try KDF.derive(epochSecret, label: "confirm")
        membershipKey = try KDF.derive(epochSecret, label: "membership")
        resumption = try KDF.derive(epochSecret, label: "resumption")
        initSecret = try KDF.derive(epochSecret, label: "init")
    }

    /// The key pair that external commits are encapsulated to.
    package func externalKeyPair() throws(MLSError) -> HPKE.KeyPair { try HPKE.KeyPair.derive(from: external) }

    /// `MLS-Exporter(label, context, count)` of RFC 9420 section 8.5.
    package func export(label: String, context: [UInt8], count: Int) throws(MLSError) -> Secret {
        let secret = try KDF.derive(exporter, label: label)
        return try KDF.expand(secret, label: "exported", context: Hash.sha256(context), count: count)
    }
}

/// The secret between two epochs that newcomers are told (RFC 9420 section 8).
package struct JoinerSecret: Sendable {
    /// 32 bytes.
    package let secret: Secret

    /// A secret that a welcome told.
    package init(_ secret: Secret) { self.secret = secret }

    /// The secret that leads from an epoch to the one of `context`.
    package init(initSecret: Secret, commitSecret: Secret, context: GroupContext) throws(MLSError) {
        secret = try KDF.expand(
            KDF.extract(salt: initSecret, commitSecret), label: "joiner", context: context.encoded,
            count: Hash.byteCount)
    }

    private func member(_ preSharedSecret: Secret) -> Secret { KDF.extract(salt: secret, preSharedSecret) }

    /// The secret that the group info of a welcome is encrypted under.
    package func welcome(preSharedSecret: Secret) throws(MLSError) -> Secret {
        try KDF.derive(member(preSharedSecret), label: "welcome")
    }

    /// The secrets of the epoch of `context`.
    package func epoch(preSharedSecret: Secret, context: GroupContext) throws(MLSError) -> EpochSecrets {
        try EpochSecrets(
            epochSecret: KDF.expand(
                member(preSharedSecret), label: "epoch", context: context.encoded, count: Hash.byteCount))
    }
}

/// The key and nonce of a welcome's group info (RFC 9420 section 12.4.3.1).
package struct WelcomeKey: Sendable {
    private let key: Secret
    private let nonce: [UInt8]

    /// The key and nonce of a welcome secret.
    package init(_ secret: Secret) throws(MLSError) {
        key = try KDF.expand(secret, label: "key", context: [], count: AEAD.keyByteCount)
        nonce = try KDF.expand(secret, label: "nonce", context: [], count: AEAD.nonceByteCount).revealed
    }

    /// Encrypts a group info.
    package func seal(_ info: GroupInfo) throws(MLSError) -> [UInt8] {
        try AEAD.seal(Secret(info.encoded), key: key, nonce: nonce)
    }

    /// Decrypts a group info.
    package func open(_ ciphertext: [UInt8]) throws(MLSError) -> GroupInfo {
        guard let plaintext = AEAD.open(ciphertext, key: key, nonce: nonce) else {
            throw .undecryptable("group info of the welcome")
        }
        return try GroupInfo(decoding: plaintext.revealed)
    }
}
