/// The keys of private messages of one epoch (RFC 9420 section 9); what was derived from is dropped.
package struct SecretTree: Sendable {
    /// Which of a member's two ratchets.
    package enum Kind: String, Sendable {
        /// Proposals and commits.
        case handshake
        /// Bytes of the application.
        case application
    }

    /// The key and nonce of one message.
    package struct MessageKey: Sendable {
        /// 16 bytes.
        package let key: Secret
        /// 12 bytes, before the reuse guard.
        package let nonce: [UInt8]
    }

    private struct Ratchet {
        var secret: Secret
        var next: UInt32 = 0
        /// Keys of messages that were skipped.
        var skipped: [UInt32: MessageKey] = [:]

        mutating func step() throws(MLSError) -> MessageKey {
            let key = MessageKey(
                key: try KDF.deriveTree(secret, label: "key", generation: next, count: AEAD.keyByteCount),
                nonce: try KDF.deriveTree(secret, label: "nonce", generation: next, count: AEAD.nonceByteCount)
                    .revealed)
            secret = try KDF.deriveTree(secret, label: "secret", generation: next, count: Hash.byteCount)
            next += 1
            return key
        }
    }

    private static let mostSkipped = 256
    private let leafCount: UInt32
    private var nodes: [UInt32: Secret]
    private var handshake: [UInt32: Ratchet] = [:]
    private var application: [UInt32: Ratchet] = [:]

    /// The tree over `leafCount` leaves, a power of two.
    package init(encryptionSecret: Secret, leafCount: UInt32) {
        self.leafCount = leafCount
        nodes = [TreeMath.root(leaves: leafCount): encryptionSecret]
    }

    /// The key of a generation of a member's ratchet; each is given once.
    package mutating func key(_ kind: Kind, leaf: UInt32, generation: UInt32) throws(MLSError) -> MessageKey {
        guard leaf < leafCount else { throw .invalid("there is no member at leaf \(leaf)") }
        try prepare(leaf)
        var ratchet = kind == .handshake ? handshake[leaf] : application[leaf]
        defer { if kind == .handshake { handshake[leaf] = ratchet } else { application[leaf] = ratchet } }
        if let skipped = ratchet?.skipped.removeValue(forKey: generation) { return skipped }
        guard let next = ratchet?.next, generation >= next, generation < .max else {
            throw .undecryptable("message of a used generation")
        }
        guard generation - next <= MLSLimits.ratchetSteps else {
            throw .tooLarge("A jump of the message ratchet", limit: Int(MLSLimits.ratchetSteps))
        }
        while let key = try ratchet?.step(), let after = ratchet?.next {
            if after > generation { return key }
            ratchet?.skipped[after - 1] = key
            if after > SecretTree.mostSkipped { ratchet?.skipped[after - 1 - UInt32(SecretTree.mostSkipped)] = nil }
        }
        throw .undecryptable("message")
    }

    /// The next key of a member's own ratchet, with its generation.
    package mutating func nextKey(_ kind: Kind, leaf: UInt32) throws(MLSError) -> (UInt32, MessageKey) {
        guard leaf < leafCount else { throw .invalid("there is no member at leaf \(leaf)") }
        try prepare(leaf)
        let generation = (kind == .handshake ? handshake[leaf]?.next : application[leaf]?.next) ?? 0
        return (generation, try key(kind, leaf: leaf, generation: generation))
    }

    /// Derives a leaf's ratchets and drops the secrets on the way, keeping those beside it.
    private mutating func prepare(_ leaf: UInt32) throws(MLSError) {
        guard handshake[leaf] == nil else { return }
        let path = [2 * leaf] + TreeMath.directPath(2 * leaf, leaves: leafCount)
        guard let start = path.firstIndex(where: { nodes[$0] != nil }) else { throw .undecryptable("message") }
        for node in path[...start].reversed() {
            guard let secret = nodes.removeValue(forKey: node) else { throw .undecryptable("message") }
            if let left = TreeMath.left(node), let right = TreeMath.right(node) {
                nodes[left] = try child(secret, "left")
                nodes[right] = try child(secret, "right")
            } else {
                handshake[leaf] = Ratchet(
                    secret: try KDF.expand(secret, label: "handshake", context: [], count: Hash.byteCount))
                application[leaf] = Ratchet(
                    secret: try KDF.expand(secret, label: "application", context: [], count: Hash.byteCount))
            }
        }
    }

    private func child(_ secret: Secret, _ side: String) throws(MLSError) -> Secret {
        try KDF.expand(secret, label: "tree", context: Array(side.utf8), count: Hash.byteCount)
    }
}
