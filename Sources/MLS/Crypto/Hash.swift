internal import COpenSSL

/// SHA-256 and HMAC-SHA-256, the hash and MAC of cipher suite 2 (RFC 9420 section 17.1).
enum Hash {
    /// Length of a hash and of a MAC, in bytes (Nh).
    static let byteCount = 32

    /// SHA-256 of `bytes`.
    static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: byteCount) { output, count in
            let done = unsafe SHA256(bytes, bytes.count, output.baseAddress)
            unsafe precondition(done != nil, "OpenSSL has no SHA-256")
            count = byteCount
        }
    }

    /// HMAC-SHA-256 of the concatenation of `parts`, as a secret.
    static func hmac(key: Secret, _ message: Secret) -> Secret {
        let output = Secret(zeros: byteCount)
        hmac(key: key, message, into: output)
        return output
    }

    /// HMAC-SHA-256 of public bytes, as a tag to send.
    static func tag(key: Secret, _ message: [UInt8]) -> [UInt8] {
        hmac(key: key, Secret(message)).revealed
    }

    /// Whether `tag` is the HMAC-SHA-256 of `message`, compared in constant time.
    static func isTag(_ tag: [UInt8], key: Secret, of message: [UInt8]) -> Bool {
        hmac(key: key, Secret(message)).matches(tag)
    }

    private static func hmac(key: Secret, _ message: Secret, into output: Secret) {
        unsafe key.withUnsafeBytes { key in
            unsafe message.withUnsafeBytes { message in
                unsafe output.withUnsafeMutableBytes { output in
                    // A null key means “the key of the last call” to HMAC, so an empty key gets an address.
                    var none: UInt8 = 0
                    let done = unsafe withUnsafeBytes(of: &none) { none in
                        unsafe HMAC(
                            EVP_sha256(), key.isEmpty ? none.baseAddress : key.baseAddress, Int32(key.count),
                            message.bindMemory(to: UInt8.self).baseAddress, message.count,
                            output.bindMemory(to: UInt8.self).baseAddress, nil)
                    }
                    unsafe precondition(done != nil, "OpenSSL has no HMAC-SHA-256")
                }
            }
        }
    }
}
