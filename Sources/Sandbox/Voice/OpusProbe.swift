internal import COpus

/// Decodes Opus packets to see that they decode, and how loud they are.
@safe final class OpusProbe {
    private let decoder: OpaquePointer
    private var samples = [Int16](repeating: 0, count: 5760 * 2)

    /// A stereo decoder at 48 kHz; nil when libopus refuses.
    init?() {
        var status: Int32 = 0
        guard let decoder = unsafe opus_decoder_create(48_000, 2, &status), status == OPUS_OK else { return nil }
        unsafe self.decoder = decoder
    }

    deinit { unsafe opus_decoder_destroy(decoder) }

    /// The highest sample of the packet (0...1), or nil when it does not decode to 20 ms.
    func level(_ packet: [UInt8]) -> Double? {
        let count = unsafe packet.withUnsafeBufferPointer { source in
            unsafe samples.withUnsafeMutableBufferPointer { target in
                guard let room = target.baseAddress else { return Int32(0) }
                return unsafe opus_decode(decoder, source.baseAddress, Int32(source.count), room, 5760, 0)
            }
        }
        guard count == 960 else { return nil }
        return samples.prefix(1920).reduce(0.0) { max($0, abs(Double($1)) / 32_768) }
    }
}
