package import MLS

/// The hash ratchet of one sender in one epoch (DAVE 5.6, RFC 9420 9.1): a key per generation of 2^24 frames.
///
/// Its secrets are wiped as soon as no copy of the ratchet needs them.
package struct KeyRatchet: Sendable {
    /// Bytes of a key.
    package static let keyByteCount = 16

    /// The generation whose key comes next.
    package private(set) var generation: UInt32 = 0
    private var secret: Secret

    /// Begins at generation 0 with the base secret that the epoch exports for the sender.
    package init(baseSecret: Secret) {
        secret = baseSecret
    }

    /// The expanded key of this generation, for one direction.
    package func cipher(seals: Bool) throws(VoiceError) -> FrameCipher {
        try FrameCipher(key: key(), seals: seals)
    }

    /// The key of this generation, 16 bytes.
    package func key() throws(VoiceError) -> Secret {
        try derive("key", count: KeyRatchet.keyByteCount)
    }

    /// Goes on to the next generation.
    package mutating func advance() throws(VoiceError) {
        secret = try derive("secret", count: 32)
        generation &+= 1
    }

    /// Goes on to a later generation; one that has passed leaves the ratchet as it is.
    package mutating func advance(to generation: UInt32) throws(VoiceError) {
        while self.generation < generation { try advance() }
    }

    private func derive(_ label: String, count: Int) throws(VoiceError) -> Secret {
        do throws(MLSError) {
            return try KDF.deriveTree(secret, label: label, generation: generation, count: count)
        } catch {
            throw .cipher(error.description)
        }
    }
}
