import CFFmpeg
import MediaPipeline

/// The bytes of another source, decrypted with AES-128 in CBC mode and freed of their PKCS #7 padding, as encrypted HLS
/// segments need it (RFC 8216, section 4.3.2.4).
@safe final class DecryptingSource: ByteSource {
    private let inner: any ByteSource
    private let cipher: OpaquePointer
    private var vector: [UInt8]
    private var plain: [UInt8] = []
    private var taken = 0
    private var held: [UInt8] = []
    private var ended = false
    let size: Int64? = nil
    let isSeekable = false
    var stream: StreamFacts { inner.stream }

    /// Decrypts `inner`; both texts are 32 hexadecimal digits.
    init(_ inner: any ByteSource, key: String, vector: String) throws(MediaError) {
        guard let key = Self.bytes(key), let vector = Self.bytes(vector) else {
            throw .unsupported("its key is malformed")
        }
        guard let cipher = unsafe av_aes_alloc() else { throw .outOfResources }
        unsafe av_aes_init(cipher, key, 128, 1)
        self.inner = inner
        unsafe self.cipher = unsafe cipher
        self.vector = vector
    }

    deinit { unsafe av_free(UnsafeMutableRawPointer(cipher)) }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(MediaError) -> Int {
        while taken == plain.count {
            guard !ended else { return 0 }
            try decryptMore()
        }
        let count = min(buffer.count, plain.count - taken)
        unsafe buffer.copyBytes(from: plain[taken..<taken + count])
        taken += count
        return count
    }

    func seek(to position: Int64) -> Bool { false }

    func close() { inner.close() }

    /// Reads on and decrypts whole blocks; the last block waits until it is known whether it holds the padding.
    private func decryptMore() throws(MediaError) {
        var chunk = [UInt8](repeating: 0, count: 32 << 10)
        let result = unsafe chunk.withUnsafeMutableBytes { buffer -> Result<Int, MediaError> in
            do throws(MediaError) {
                return .success(unsafe try inner.read(into: buffer))
            } catch {
                return .failure(error)
            }
        }
        let count = try result.get()
        held += chunk[..<count]
        ended = count == 0
        let blocks = ended ? held.count / 16 : max(0, (held.count - 1) / 16)
        (plain, taken) = ([UInt8](repeating: 0, count: blocks * 16), 0)
        guard blocks > 0 else { return }
        unsafe av_aes_crypt(cipher, &plain, held, Int32(blocks), &vector, 1)
        held.removeFirst(blocks * 16)
        if ended, let padding = plain.last, (1...16).contains(padding) { plain.removeLast(Int(padding)) }
    }

    private static func bytes(_ hexadecimal: String) -> [UInt8]? {
        let digits = Array(hexadecimal.utf8)
        guard digits.count == 32 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: 32, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(byte)
        }
        return bytes
    }
}
