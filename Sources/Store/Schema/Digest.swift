internal import COpenSSL

/// A running SHA-256 (FIPS 180-4, by OpenSSL) over values, each with its type and length so that no two rows sound alike.
@safe struct Digest: ~Copyable {
    private let context: OpaquePointer?

    /// Starts an empty one.
    init() {
        unsafe context = EVP_MD_CTX_new()
        unsafe precondition(EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1, "OpenSSL has no SHA-256")
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    /// Adds bytes as they are.
    mutating func add(_ bytes: [UInt8]) {
        _ = unsafe bytes.withUnsafeBytes { unsafe EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
    }

    /// Adds a text.
    mutating func add(text: String) { add(row: [.text(text)]) }

    /// Adds a row.
    mutating func add(row: [StoreValue]) {
        var bytes: [UInt8] = []
        ValueCoding.append(row: row, to: &bytes)
        add(bytes)
    }

    /// The digest in hexadecimal; nothing may be added afterwards.
    mutating func finish() -> String {
        var bytes = [UInt8](repeating: 0, count: 32)
        var count: UInt32 = 32
        _ = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
            unsafe EVP_DigestFinal_ex(context, buffer.baseAddress, &count)
        }
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
