internal import COpenSSL

/// A member's or delivery service's private signature key: ECDSA on P-256 with SHA-256, DER-encoded signatures.
/// It cannot be copied; the scalar is wiped when it ends.
@safe public struct SignaturePrivateKey: ~Copyable, @unchecked Sendable {
    private let handle: OpaquePointer
    /// The public key: an uncompressed point of 65 bytes.
    public let publicKey: [UInt8]

    private init(_ scalar: Secret) throws(MLSError) {
        let point = try P256.publicKey(of: scalar)
        guard let number = P256.Scalar(scalar),
            let key = unsafe backline_p256_key(point, point.count, number.handle)
        else { throw .cryptography(function: "EVP_PKEY_fromdata") }
        unsafe handle = key
        publicKey = point
    }

    /// The key of a big-endian scalar of 32 bytes; the caller's array is the caller's to wipe.
    public init(scalar: [UInt8]) throws(MLSError) {
        try self.init(Secret(scalar))
    }

    /// A new random key.
    public static func generate() throws(MLSError) -> SignaturePrivateKey {
        try SignaturePrivateKey(P256.randomScalar())
    }

    deinit { unsafe EVP_PKEY_free(handle) }

    /// `SignWithLabel(key, label, content)` of RFC 9420 section 5.1.2; the signature is DER-encoded.
    public func sign(label: String, _ content: [UInt8]) throws(MLSError) -> [UInt8] {
        guard let context = unsafe EVP_MD_CTX_new() else { throw .cryptography(function: "EVP_MD_CTX_new") }
        defer { unsafe EVP_MD_CTX_free(context) }
        let message = Label.content(label, content)
        var signature = [UInt8](repeating: 0, count: 80)
        var count = signature.count
        guard unsafe EVP_DigestSignInit(context, nil, EVP_sha256(), nil, handle) == 1,
            unsafe EVP_DigestSign(context, &signature, &count, message, message.count) == 1
        else {
            ERR_clear_error()
            throw .cryptography(function: "EVP_DigestSign")
        }
        return Array(signature.prefix(count))
    }
}

/// Verification of labelled signatures.
public enum Signature {
    /// `VerifyWithLabel(key, label, content, signature)` of RFC 9420 section 5.1.2; false for a key off the curve too.
    public static func isValid(_ signature: [UInt8], by publicKey: [UInt8], label: String, _ content: [UInt8]) -> Bool {
        guard publicKey.count == P256.pointByteCount, publicKey.first == 4, signature.count <= 80,
            let context = unsafe EVP_MD_CTX_new()
        else { return false }
        defer { unsafe EVP_MD_CTX_free(context) }
        guard let key = unsafe backline_p256_key(publicKey, publicKey.count, nil) else {
            ERR_clear_error()
            return false
        }
        defer { unsafe EVP_PKEY_free(key) }
        let message = Label.content(label, content)
        let valid =
            unsafe EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, key) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
        if !valid { ERR_clear_error() }
        return valid
    }
}
