internal import MLS

/// Vectors of the labelled primitives.
enum CryptoBasicsVector {
    static func check(_ entry: VectorValue) throws {
        try derivations(entry)
        try signatures(try entry["sign_with_label"])
        try encryption(try entry["encrypt_with_label"])
    }

    private static func derivations(_ entry: VectorValue) throws {
        let reference = try entry["ref_hash"]
        try expectEqual(
            "RefHash", Reference.hash(label: try reference["label"].text, try reference["value"].bytes),
            try reference["out"].bytes)
        let expanded = try entry["expand_with_label"]
        try expectEqual(
            "ExpandWithLabel",
            try KDF.expand(
                Secret(expanded["secret"].bytes), label: expanded["label"].text, context: expanded["context"].bytes,
                count: Int(expanded["length"].uint32)
            ).revealed, try expanded["out"].bytes)
        let derived = try entry["derive_secret"]
        try expectEqual(
            "DeriveSecret",
            try KDF.derive(Secret(derived["secret"].bytes), label: derived["label"].text).revealed,
            try derived["out"].bytes)
        let tree = try entry["derive_tree_secret"]
        try expectEqual(
            "DeriveTreeSecret",
            try KDF.deriveTree(
                Secret(tree["secret"].bytes), label: tree["label"].text, generation: tree["generation"].uint32,
                count: Int(tree["length"].uint32)
            ).revealed, try tree["out"].bytes)
    }

    private static func signatures(_ entry: VectorValue) throws {
        let key = try SignaturePrivateKey(scalar: entry["priv"].bytes)
        let label = try entry["label"].text
        let content = try entry["content"].bytes
        let publicKey = try entry["pub"].bytes
        try expectEqual("the public signature key", key.publicKey, publicKey)
        try expect(
            "the signature is not valid",
            Signature.isValid(try entry["signature"].bytes, by: publicKey, label: label, content))
        try expect(
            "an own signature is not valid",
            Signature.isValid(try key.sign(label: label, content), by: publicKey, label: label, content))
    }

    private static func encryption(_ entry: VectorValue) throws {
        let key = try HPKE.KeyPair(Secret(entry["priv"].bytes))
        try expectEqual("the public HPKE key", key.publicKey, try entry["pub"].bytes)
        let label = try entry["label"].text
        let context = try entry["context"].bytes
        let plaintext = try entry["plaintext"].bytes
        let message = HPKECiphertext(
            kemOutput: try entry["kem_output"].bytes, ciphertext: try entry["ciphertext"].bytes)
        try expectEqual(
            "DecryptWithLabel", try HPKE.decrypt(message, key: key, label: label, context: context).revealed, plaintext)
        let own = try HPKE.encrypt(Secret(plaintext), to: key.publicKey, label: label, context: context)
        try expectEqual(
            "DecryptWithLabel of EncryptWithLabel",
            try HPKE.decrypt(own, key: key, label: label, context: context).revealed, plaintext)
    }
}
