/// Sealing and opening of whole frames (DAVE 5.6).
package enum DAVEFrame {
    /// Seals `buffer[0..<byteCount]` in place and appends the trailer; returns the new length.
    ///
    /// Nil when there is no room or the library refuses: what the buffer then holds must not be sent.
    static func seal(
        _ buffer: UnsafeMutableRawBufferPointer, byteCount: Int, clear: [Range<Int>] = [], nonce: UInt32,
        with cipher: borrowing FrameCipher
    ) -> Int? {
        guard byteCount >= 0, byteCount <= buffer.count, let base = buffer.baseAddress,
            let end = unsafe FrameTrailer.write(nonce: nonce, clear: clear, to: buffer, after: byteCount)
        else { return nil }
        let frame = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<byteCount])
        guard unsafe cipher.run(frame, clear: clear, nonce: nonce, tag: base + byteCount) else { return nil }
        return end
    }

    /// A sealed copy of a frame, for tests and simulators.
    package static func sealed(
        _ frame: [UInt8], clear: [Range<Int>] = [], nonce: UInt32, with cipher: borrowing FrameCipher
    ) -> [UInt8]? {
        var buffer = frame + [UInt8](repeating: 0, count: 255)
        let count = unsafe buffer.withUnsafeMutableBytes { bytes in
            unsafe seal(bytes, byteCount: frame.count, clear: clear, nonce: nonce, with: cipher)
        }
        return count.map { Array(buffer[..<$0]) }
    }

    /// The frame without its trailer, decrypted; nil when the tag does not fit.
    static func opened(_ frame: [UInt8], _ trailer: FrameTrailer, with cipher: borrowing FrameCipher) -> [UInt8]? {
        var copy = frame
        let count = trailer.frameByteCount
        let fits = unsafe copy.withUnsafeMutableBytes { bytes in
            guard let base = bytes.baseAddress else { return false }
            let clear = unsafe UnsafeMutableRawBufferPointer(rebasing: bytes[..<count])
            return unsafe cipher.run(clear, clear: trailer.clear, nonce: trailer.nonce, tag: base + count)
        }
        return fits ? Array(copy[..<count]) : nil
    }
}
