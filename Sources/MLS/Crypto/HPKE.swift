/// HPKE (RFC 9180) in base mode with DHKEM(P-256, HKDF-SHA256), HKDF-SHA256 and AES-128-GCM.
package enum HPKE {
    private static let kemSuite: [UInt8] = Array("KEM".utf8) + [0x00, 0x10]
    private static let suite: [UInt8] = Array("HPKE".utf8) + [0x00, 0x10, 0x00, 0x01, 0x00, 0x01]

    private static func labeledExtract(
        suite: [UInt8], salt: Secret = Secret(zeros: 0), label: String, _ keyMaterial: Secret
    ) -> Secret {
        let prefix = Array("HPKE-v1".utf8) + suite + Array(label.utf8)
        return KDF.extract(salt: salt, Secret.joining(Secret(prefix), keyMaterial))
    }

    private static func labeledExpand(
        suite: [UInt8], _ key: Secret, label: String, info: [UInt8], count: Int
    ) throws(MLSError) -> Secret {
        let prefix = [UInt8(truncatingIfNeeded: count >> 8), UInt8(truncatingIfNeeded: count)] + Array("HPKE-v1".utf8)
        return try KDF.expand(key, info: prefix + suite + Array(label.utf8) + info, count: count)
    }

    /// A private key with its public point.
    package struct KeyPair: Sendable {
        /// Big-endian scalar, 32 bytes.
        package let privateKey: Secret
        /// Uncompressed point, 65 bytes.
        package let publicKey: [UInt8]

        /// The pair of a private scalar.
        package init(_ privateKey: Secret) throws(MLSError) {
            self.privateKey = privateKey
            publicKey = try P256.publicKey(of: privateKey)
        }

        /// A new random pair.
        package static func generate() throws(MLSError) -> KeyPair {
            try KeyPair(P256.randomScalar())
        }

        /// `DeriveKeyPair(ikm)` of RFC 9180 section 7.1.3.
        package static func derive(from keyMaterial: Secret) throws(MLSError) -> KeyPair {
            let key = labeledExtract(suite: kemSuite, label: "dkp_prk", keyMaterial)
            for counter in UInt8.min...UInt8.max {
                let candidate = try labeledExpand(
                    suite: kemSuite, key, label: "candidate", info: [counter], count: P256.scalarByteCount)
                if P256.isScalar(candidate) { return try KeyPair(candidate) }
            }
            throw .cryptography(function: "DeriveKeyPair")
        }
    }

    /// The keys both sides have after the encapsulation.
    package struct Context: Sendable {
        private let key: Secret
        private let baseNonce: Secret
        private let exporterSecret: Secret

        fileprivate init(sharedSecret: Secret, info: [UInt8]) throws(MLSError) {
            let empty = Secret(zeros: 0)
            let identifier = labeledExtract(suite: suite, label: "psk_id_hash", empty)
            let information = labeledExtract(suite: suite, label: "info_hash", Secret(info))
            let schedule = [0] + identifier.revealed + information.revealed
            let secret = labeledExtract(suite: suite, salt: sharedSecret, label: "secret", empty)
            key = try labeledExpand(suite: suite, secret, label: "key", info: schedule, count: AEAD.keyByteCount)
            baseNonce = try labeledExpand(
                suite: suite, secret, label: "base_nonce", info: schedule, count: AEAD.nonceByteCount)
            exporterSecret = try labeledExpand(
                suite: suite, secret, label: "exp", info: schedule, count: Hash.byteCount)
        }

        /// Encrypts the context's only message.
        fileprivate func seal(_ plaintext: Secret) throws(MLSError) -> [UInt8] {
            try AEAD.seal(plaintext, key: key, nonce: baseNonce.revealed)
        }

        /// Decrypts the context's only message; nil when it is not authentic.
        fileprivate func open(_ ciphertext: [UInt8]) -> Secret? {
            AEAD.open(ciphertext, key: key, nonce: baseNonce.revealed)
        }

        /// `Context.Export` of RFC 9180 section 5.3.
        package func export(_ label: [UInt8], count: Int) throws(MLSError) -> Secret {
            try labeledExpand(suite: suite, exporterSecret, label: "sec", info: label, count: count)
        }
    }

    private static func sharedSecret(_ product: Secret, _ kemContext: [UInt8]) throws(MLSError) -> Secret {
        let key = labeledExtract(suite: kemSuite, label: "eae_prk", product)
        return try labeledExpand(
            suite: kemSuite, key, label: "shared_secret", info: kemContext, count: Hash.byteCount)
    }

    /// `SetupBaseS`: a context for the owner of `publicKey`, and what to send them (65 bytes).
    package static func sender(
        to publicKey: [UInt8], info: [UInt8]
    ) throws(MLSError) -> (output: [UInt8], context: Context) {
        let ephemeral = try KeyPair.generate()
        let product = try P256.sharedSecret(ephemeral.privateKey, with: publicKey)
        let shared = try sharedSecret(product, ephemeral.publicKey + publicKey)
        return (ephemeral.publicKey, try Context(sharedSecret: shared, info: info))
    }

    /// `SetupBaseR`: the context that the sender of `output` has.
    package static func receiver(_ output: [UInt8], key: KeyPair, info: [UInt8]) throws(MLSError) -> Context {
        let product = try P256.sharedSecret(key.privateKey, with: output)
        return try Context(sharedSecret: sharedSecret(product, output + key.publicKey), info: info)
    }

    /// `EncryptWithLabel(publicKey, label, context, plaintext)` of RFC 9420 section 5.1.3.
    package static func encrypt(
        _ plaintext: Secret, to publicKey: [UInt8], label: String, context: [UInt8]
    ) throws(MLSError) -> HPKECiphertext {
        let (output, sender) = try sender(to: publicKey, info: Label.content(label, context))
        return HPKECiphertext(kemOutput: output, ciphertext: try sender.seal(plaintext))
    }

    /// `DecryptWithLabel(key, label, context, …)` of RFC 9420 section 5.1.3; throws when it is not for the key.
    package static func decrypt(
        _ message: HPKECiphertext, key: KeyPair, label: String, context: [UInt8]
    ) throws(MLSError) -> Secret {
        let receiver = try receiver(message.kemOutput, key: key, info: Label.content(label, context))
        guard let plaintext = receiver.open(message.ciphertext) else { throw .undecryptable("\(label) secret") }
        return plaintext
    }
}
