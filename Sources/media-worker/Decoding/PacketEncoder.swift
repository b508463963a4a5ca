import COpus
import MediaPipeline

/// Encodes stereo floats at 48 kHz into Opus packets of 20 ms.
@safe final class PacketEncoder {
    private let encoder: OpaquePointer
    private var output = [UInt8](repeating: 0, count: OpusPacket.maximumBytes)

    /// Samples per channel by which the decoded sound comes later than what was encoded.
    let lookahead: Int

    /// An encoder for music at `bitRate` bits per second.
    init(bitRate: Int) throws(MediaError) {
        var code: Int32 = 0
        guard let encoder = unsafe opus_encoder_create(48_000, 2, OPUS_APPLICATION_AUDIO, &code), code == OPUS_OK else {
            throw .outOfResources
        }
        unsafe self.encoder = unsafe encoder
        for (request, value) in [
            (OPUS_SET_BITRATE_REQUEST, Int32(clamping: bitRate)), (OPUS_SET_SIGNAL_REQUEST, OPUS_SIGNAL_MUSIC),
            // One step below the most: the difference is not heard, the time saved is.
            (OPUS_SET_COMPLEXITY_REQUEST, 9), (OPUS_SET_MAX_BANDWIDTH_REQUEST, OPUS_BANDWIDTH_FULLBAND),
        ] {
            unsafe backline_opus_encoder_set(encoder, request, value)
        }
        var samples: Int32 = 0
        unsafe backline_opus_encoder_get(encoder, OPUS_GET_LOOKAHEAD_REQUEST, &samples)
        lookahead = Int(samples)
    }

    deinit { unsafe opus_encoder_destroy(encoder) }

    /// Whether packets may build on the ones before; off for the first that a listener gets.
    func setPrediction(_ on: Bool) {
        unsafe backline_opus_encoder_set(encoder, OPUS_SET_PREDICTION_DISABLED_REQUEST, on ? 0 : 1)
    }

    /// Encodes 960 interleaved stereo samples.
    func encode(_ samples: ArraySlice<Float>) throws(MediaError) -> [UInt8] {
        let count = unsafe samples.withUnsafeBufferPointer { input in
            guard let start = input.baseAddress else { return Int32(0) }
            return unsafe opus_encode_float(encoder, start, Int32(OpusPacket.samples), &output, Int32(output.count))
        }
        guard count > 0 else { throw .broken("its sound cannot be encoded") }
        return Array(output[..<Int(count)])
    }
}
