/// What follows an encrypted frame (DAVE 5.6): tag, truncated nonce, unencrypted ranges, length, marker.
package struct FrameTrailer: Sendable, Equatable {
    /// The last two bytes of every encrypted frame.
    static let marker: [UInt8] = [0xFA, 0xFA]
    /// Tag, length byte and marker.
    static let fixedByteCount = FrameCipher.tagByteCount + 3
    /// The longest trailer of a frame without unencrypted ranges.
    package static let maximumOpusByteCount = fixedByteCount + 5

    /// Low 32 bits of the sender's frame counter.
    package var nonce: UInt32
    /// The parts of the frame that are not encrypted, ascending, apart from each other.
    package var clear: [Range<Int>]
    /// Bytes of the frame before the trailer.
    package var frameByteCount: Int

    /// Takes the trailer of a frame apart; nil when it is not an encrypted frame.
    package init?(parsing frame: [UInt8]) {
        guard frame.count >= FrameTrailer.fixedByteCount, Array(frame.suffix(2)) == FrameTrailer.marker else {
            return nil
        }
        let size = Int(frame[frame.count - 3])
        guard size >= FrameTrailer.fixedByteCount, size <= frame.count else { return nil }
        let count = frame.count - size
        var rest = frame[(count + FrameCipher.tagByteCount)..<(frame.count - 3)]
        guard let nonce = LEB128.read(&rest) else { return nil }
        var clear: [Range<Int>] = []
        var end = 0
        while !rest.isEmpty {
            guard let offset = LEB128.read(&rest), let length = LEB128.read(&rest), Int(offset) >= end,
                Int(offset) + Int(length) <= count
            else { return nil }
            end = Int(offset) + Int(length)
            clear.append(Int(offset)..<end)
        }
        self.nonce = nonce
        self.clear = clear
        frameByteCount = count
    }

    /// Writes everything but the tag behind a frame that ends at `end`; returns the end of it all, nil without room.
    static func write(
        nonce: UInt32, clear: [Range<Int>], to buffer: UnsafeMutableRawBufferPointer, after end: Int
    ) -> Int? {
        var position = end + FrameCipher.tagByteCount
        guard unsafe LEB128.write(nonce, to: buffer, at: &position) else { return nil }
        var index = 0
        while index < clear.count {
            guard unsafe LEB128.write(UInt32(clear[index].lowerBound), to: buffer, at: &position),
                unsafe LEB128.write(UInt32(clear[index].count), to: buffer, at: &position)
            else { return nil }
            index += 1
        }
        let size = position + 3 - end
        guard position + 3 <= buffer.count, size <= 255 else { return nil }
        unsafe buffer[position] = UInt8(size)
        unsafe buffer[position + 1] = 0xFA
        unsafe buffer[position + 2] = 0xFA
        return position + 3
    }
}

/// Unsigned little-endian base 128, of 32 bits.
enum LEB128 {
    /// Takes one number off the front; nil when it is cut off or larger than 32 bits.
    static func read(_ bytes: inout ArraySlice<UInt8>) -> UInt32? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), through: 28, by: 7) {
            guard let byte = bytes.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            guard byte & 0x80 != 0 else { return UInt32(exactly: value) }
        }
        return nil
    }

    /// Writes one number; false when there is no room.
    static func write(_ value: UInt32, to buffer: UnsafeMutableRawBufferPointer, at position: inout Int) -> Bool {
        var rest = value
        repeat {
            guard position < buffer.count else { return false }
            let low = UInt8(rest & 0x7F)
            rest >>= 7
            unsafe buffer[position] = rest == 0 ? low : low | 0x80
            position += 1
        } while rest != 0
        return true
    }
}
