/// HKDF-SHA-256 (RFC 5869) and the labelled derivations of RFC 9420 section 8.
public enum KDF {
    /// HKDF-Extract.
    static func extract(salt: Secret, _ keyMaterial: Secret) -> Secret {
        Hash.hmac(key: salt, keyMaterial)
    }

    /// HKDF-Expand to `count` bytes, at most `MLSLimits.derivedBytes`; the key may have any length.
    static func expand(_ key: Secret, info: [UInt8], count: Int) throws(MLSError) -> Secret {
        guard count >= 0, count <= MLSLimits.derivedBytes else {
            throw .tooLarge("A derived secret of \(count) bytes", limit: MLSLimits.derivedBytes)
        }
        if count <= Hash.byteCount {
            let block = Hash.hmac(key: key, Secret(info + [1]))
            return count == Hash.byteCount ? block : block.part(0..<count)
        }
        let whole = Secret(zeros: count)
        var block = Secret(zeros: 0)
        var offset = 0
        var counter: UInt8 = 1
        while offset < count {
            block = Hash.hmac(key: key, Secret.joining(block, Secret(info + [counter])))
            whole.copy(block, at: offset)
            offset += Hash.byteCount
            counter &+= 1
        }
        return whole
    }

    /// `ExpandWithLabel(secret, label, context, count)` of RFC 9420 section 8.
    public static func expand(
        _ secret: Secret, label: String, context: [UInt8], count: Int
    ) throws(MLSError) -> Secret {
        guard count >= 0, count <= MLSLimits.derivedBytes else {
            throw .tooLarge("A derived secret of \(count) bytes", limit: MLSLimits.derivedBytes)
        }
        var info = MLSWriter()
        info.uint16(UInt16(count))
        info.opaque(Label.bytes(label))
        info.opaque(context)
        return try expand(secret, info: info.bytes, count: count)
    }

    /// `DeriveSecret(secret, label)` of RFC 9420 section 8: 32 bytes.
    public static func derive(_ secret: Secret, label: String) throws(MLSError) -> Secret {
        try expand(secret, label: label, context: [], count: Hash.byteCount)
    }

    /// `DeriveTreeSecret(secret, label, generation, count)` of RFC 9420 section 9.
    public static func deriveTree(
        _ secret: Secret, label: String, generation: UInt32, count: Int
    ) throws(MLSError) -> Secret {
        var context = MLSWriter()
        context.uint32(generation)
        return try expand(secret, label: label, context: context.bytes, count: count)
    }
}

/// The prefix of every label of RFC 9420.
enum Label {
    /// `"MLS 1.0 "` and the label, as bytes.
    static func bytes(_ label: String) -> [UInt8] { Array("MLS 1.0 \(label)".utf8) }

    /// The content that a labelled signature or encryption is bound to: `vec(label) ‖ vec(content)`.
    static func content(_ label: String, _ content: [UInt8]) -> [UInt8] {
        var writer = MLSWriter()
        writer.opaque(bytes(label))
        writer.opaque(content)
        return writer.bytes
    }
}

/// Hash-based identifiers of RFC 9420 section 5.2.
public enum Reference {
    /// `RefHash(label, value)`: SHA-256 over both as vectors. The label is used as it is, prefix included.
    public static func hash(label: String, _ value: [UInt8]) -> [UInt8] {
        var writer = MLSWriter()
        writer.opaque(Array(label.utf8))
        writer.opaque(value)
        return Hash.sha256(writer.bytes)
    }
}
