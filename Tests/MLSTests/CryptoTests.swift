import MLS
import Testing

@Suite struct CryptoTests {
    @Test func secretsAreEqualByContents() throws {
        let secret = Secret([1, 2, 3])
        #expect(secret == Secret([1, 2, 3]))
        #expect(secret != Secret([1, 2, 4]))
        #expect(secret != Secret([1, 2]))
        #expect(secret.matches([1, 2, 3]))
        #expect(!secret.matches([1, 2, 3, 0]))
        #expect(Secret([]) == Secret(zeros: 0))
        #expect("\(secret)" == "Secret(3 bytes)")
        #expect(try Secret.random(32) != Secret.random(32))
    }

    @Test func signaturesAreBoundToKeyLabelAndContent() throws {
        let key = try SignaturePrivateKey.generate()
        let other = try SignaturePrivateKey.generate()
        let signature = try key.sign(label: "Test", [1, 2, 3])
        #expect(signature.first == 0x30)
        #expect(Signature.isValid(signature, by: key.publicKey, label: "Test", [1, 2, 3]))
        #expect(!Signature.isValid(signature, by: other.publicKey, label: "Test", [1, 2, 3]))
        #expect(!Signature.isValid(signature, by: key.publicKey, label: "Tast", [1, 2, 3]))
        #expect(!Signature.isValid(signature, by: key.publicKey, label: "Test", [1, 2]))
        #expect(!Signature.isValid(signature + [0], by: key.publicKey, label: "Test", [1, 2, 3]))
        for index in signature.indices {
            var changed = signature
            changed[index] ^= 1
            #expect(!Signature.isValid(changed, by: key.publicKey, label: "Test", [1, 2, 3]))
            #expect(!Signature.isValid(Array(signature[..<index]), by: key.publicKey, label: "Test", [1, 2, 3]))
        }
    }

    @Test func signatureKeysComeFromScalars() throws {
        let sender = try ExternalSender(decoding: RecordedCall.externalSender)
        let key = try SignaturePrivateKey(scalar: RecordedCall.externalScalar)
        #expect(key.publicKey == sender.signatureKey)
        let order = RecordedCall.bytes("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
        for scalar in [[], [1], Array(repeating: 0, count: 32), order, Array(repeating: 0xFF, count: 32)] {
            #expect(throws: MLSError.self) { _ = try SignaturePrivateKey(scalar: scalar) }
        }
    }

    @Test func encryptionIsBoundToKeyLabelAndContext() throws {
        let key = try HPKE.KeyPair.generate()
        let plaintext = Secret(Array(0..<40))
        let message = try HPKE.encrypt(plaintext, to: key.publicKey, label: "Test", context: [5])
        #expect(try HPKE.decrypt(message, key: key, label: "Test", context: [5]) == plaintext)
        let other = try HPKE.KeyPair.generate()
        #expect(throws: MLSError.self) { try HPKE.decrypt(message, key: other, label: "Test", context: [5]) }
        #expect(throws: MLSError.self) { try HPKE.decrypt(message, key: key, label: "Tost", context: [5]) }
        #expect(throws: MLSError.self) { try HPKE.decrypt(message, key: key, label: "Test", context: [6]) }
        for index in message.ciphertext.indices {
            var changed = message
            changed.ciphertext[index] ^= 0x40
            #expect(throws: MLSError.self) { try HPKE.decrypt(changed, key: key, label: "Test", context: [5]) }
        }
        for index in message.kemOutput.indices {
            var changed = message
            changed.kemOutput[index] ^= 0x40
            #expect(throws: MLSError.self) { try HPKE.decrypt(changed, key: key, label: "Test", context: [5]) }
        }
    }

    @Test func pointsMustBeOnTheCurve() throws {
        let key = try HPKE.KeyPair.generate()
        var off = key.publicKey
        off[64] ^= 1
        let compressed = [2 + (key.publicKey[64] & 1)] + key.publicKey[1...32]
        for point in [off, Array(compressed), [0], [], Array(key.publicKey.dropLast()), key.publicKey + [0]] {
            #expect(throws: MLSError.self) {
                try HPKE.encrypt(Secret([1]), to: point, label: "Test", context: [])
            }
        }
        // x and y as large as the field allows to write, and the hybrid form.
        let large = [4] + [UInt8](repeating: 0xFF, count: 64)
        let hybrid = [6 + (key.publicKey[64] & 1)] + key.publicKey[1...]
        for point in [large, Array(hybrid)] {
            #expect(throws: MLSError.self) {
                try HPKE.encrypt(Secret([1]), to: point, label: "Test", context: [])
            }
            #expect(!Signature.isValid([0x30, 6, 2, 1, 1, 2, 1, 1], by: point, label: "Test", []))
        }
    }

    /// RFC 9180 appendix A.3.1: the same key encapsulation and derivation, with AES-128-GCM.
    @Test func keyPairsAreDerivedAsPublished() throws {
        let material = RecordedCall.bytes("668b37171f1072f3cf12ea8a236a45df23fc13b82af3609ad1e354f6ef817550")
        let pair = try HPKE.KeyPair.derive(from: Secret(material))
        #expect(
            pair.privateKey.matches(
                RecordedCall.bytes("f3ce7fdae57e1a310d87f1ebbde6f328be0a99cdbcadf4d6589cf29de4b8ffd2")))
    }

    @Test func derivedSecretsAreBounded() throws {
        #expect(try KDF.expand(Secret([1]), label: "x", context: [], count: 8160).count == 8160)
        #expect(throws: MLSError.self) { try KDF.expand(Secret([1]), label: "x", context: [], count: 8161) }
        #expect(throws: MLSError.self) { try KDF.expand(Secret([1]), label: "x", context: [], count: -1) }
        let long = try KDF.expand(Secret([1]), label: "x", context: [], count: 100).revealed
        let again = try KDF.expand(Secret([1]), label: "x", context: [], count: 100).revealed
        #expect(long == again)
    }
}
