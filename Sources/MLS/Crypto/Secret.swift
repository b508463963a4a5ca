internal import COpenSSL

/// A secret in one block of memory of its own, which is referred to and never copied, and overwritten when it ends.
/// Comparison takes the same time wherever the bytes differ; the description shows only the length.
@safe public final class Secret: @unchecked Sendable {
    private let storage: UnsafeMutableRawBufferPointer

    private init(uninitialized count: Int) {
        unsafe storage = .allocate(byteCount: count, alignment: 16)
    }

    /// A secret of `count` zero bytes.
    public convenience init(zeros count: Int) {
        self.init(uninitialized: count)
        for index in 0..<count { unsafe storage[index] = 0 }
    }

    /// A copy of `bytes`; the caller's array is the caller's to wipe.
    public convenience init(_ bytes: some Collection<UInt8>) {
        self.init(uninitialized: bytes.count)
        unsafe storage.copyBytes(from: bytes)
    }

    /// A secret of `count` bytes that `fill` writes; an error of `fill` passes through.
    convenience init(count: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(MLSError) -> Void) throws(MLSError) {
        self.init(zeros: count)
        try unsafe fill(storage)
    }

    /// A secret of `count` random bytes.
    public static func random(_ count: Int) throws(MLSError) -> Secret {
        try unsafe Secret(count: count) { bytes throws(MLSError) in
            guard unsafe RAND_priv_bytes(bytes.bindMemory(to: UInt8.self).baseAddress, Int32(count)) == 1 else {
                throw .cryptography(function: "RAND_priv_bytes")
            }
        }
    }

    deinit {
        unsafe OPENSSL_cleanse(storage.baseAddress, storage.count)
        unsafe storage.deallocate()
    }

    /// Length in bytes.
    public var count: Int { unsafe storage.count }

    /// Lends the bytes; the pointer must not leave the closure.
    public func withUnsafeBytes<Result: ~Copyable, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(UnsafeRawBufferPointer(storage))
    }

    /// Lends the bytes for writing while the secret is being made.
    func withUnsafeMutableBytes(_ body: (UnsafeMutableRawBufferPointer) -> Void) {
        unsafe body(storage)
    }

    /// The parts one after the other.
    static func joining(_ parts: Secret...) -> Secret {
        let whole = Secret(zeros: parts.reduce(0) { $0 + $1.count })
        var offset = 0
        for part in parts {
            whole.copy(part, at: offset)
            offset += part.count
        }
        return whole
    }

    /// Copies as many bytes of `part` as there is room for behind `offset`, while the secret is being made.
    func copy(_ part: Secret, at offset: Int) {
        let count = min(part.count, self.count - offset)
        for index in 0..<count { unsafe storage[offset + index] = part.storage[index] }
    }

    /// The bytes of `range`, as a secret of their own.
    func part(_ range: Range<Int>) -> Secret {
        unsafe Secret(UnsafeRawBufferPointer(rebasing: storage[range]))
    }

    /// A copy of the bytes in an ordinary array, which is not wiped: for vectors and for keys handed to a cipher.
    public var revealed: [UInt8] { unsafe Array(storage) }

    /// Lets `body` decode the bytes, from a copy that is wiped afterwards.
    func decode<Value>(_ body: (inout MLSReader) throws(MLSError) -> Value) throws(MLSError) -> Value {
        var reader = MLSReader(revealed)
        defer { reader.wipe() }
        let value = try body(&reader)
        try reader.finish()
        return value
    }
}

extension Secret: Equatable, CustomStringConvertible {
    /// Whether both hold the same bytes, in constant time for equal lengths.
    public static func == (left: Secret, right: Secret) -> Bool {
        guard left.count == right.count else { return false }
        return unsafe left.withUnsafeBytes { first in
            unsafe right.withUnsafeBytes { second in
                unsafe CRYPTO_memcmp(first.baseAddress, second.baseAddress, first.count) == 0
            }
        }
    }

    /// Whether the secret holds these bytes, in constant time for equal lengths.
    public func matches(_ bytes: [UInt8]) -> Bool {
        guard count == bytes.count else { return false }
        return unsafe withUnsafeBytes { own in
            unsafe bytes.withUnsafeBytes { other in
                unsafe CRYPTO_memcmp(own.baseAddress, other.baseAddress, own.count) == 0
            }
        }
    }

    /// The length, never the bytes.
    public var description: String { "Secret(\(count) bytes)" }
}
