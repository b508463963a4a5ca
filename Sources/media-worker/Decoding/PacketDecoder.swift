import CFFmpeg
import MediaPipeline

/// Turns packets of any codec into stereo floats at 48 kHz.
@safe final class PacketDecoder {
    /// Interleaved stereo samples.
    struct Sound {
        var samples: [Float]
        /// The frame's time in the stream's unit; nil when unknown.
        var time: Int64?
        /// The frame's length in the stream's own samples, and their rate.
        var sourceSamples: Int
        var sourceRate: Int
    }

    private var codec: UnsafeMutablePointer<AVCodecContext>?
    private var frame: UnsafeMutablePointer<AVFrame>?
    private var resampler: OpaquePointer?
    private var format: (rate: Int32, sample: Int32, channels: Int32) = (0, 0, 0)
    /// How many packets in a row could not be decoded.
    private(set) var errorsInARow = 0
    /// How many packets could not be decoded in all.
    private(set) var errors = 0

    /// A decoder for a stream with these parameters.
    init(_ parameters: UnsafeMutablePointer<AVCodecParameters>, timeBase: AVRational) throws(MediaError) {
        let identifier = unsafe parameters.pointee.codec_id
        // libopus is the reference decoder; FFmpeg's own serves where it is missing.
        let preferred = identifier == AV_CODEC_ID_OPUS ? unsafe avcodec_find_decoder_by_name("libopus") : nil
        guard let decoder = unsafe preferred ?? avcodec_find_decoder(identifier) else {
            throw .unsupported("there is no decoder for \(unsafe String(cString: avcodec_get_name(identifier)))")
        }
        unsafe codec = unsafe avcodec_alloc_context3(decoder)
        unsafe frame = unsafe av_frame_alloc()
        guard let codec = unsafe codec, unsafe frame != nil else { throw .outOfResources }
        guard unsafe avcodec_parameters_to_context(codec, parameters) >= 0 else {
            throw .broken("its description makes no sense")
        }
        unsafe codec.pointee.pkt_timebase = timeBase
        unsafe codec.pointee.thread_count = 1
        unsafe codec.pointee.max_samples = 1 << 20
        guard unsafe avcodec_open2(codec, decoder, nil) >= 0 else { throw .broken("its description makes no sense") }
    }

    deinit {
        unsafe avcodec_free_context(&codec)
        unsafe av_frame_free(&frame)
        unsafe swr_free(&resampler)
    }

    /// Forgets what came before, after a seek.
    func reset() {
        unsafe avcodec_flush_buffers(codec)
        unsafe swr_free(&resampler)
    }

    /// Gives the decoder a packet, or nil for the end.
    func send(_ packet: UnsafeMutablePointer<AVPacket>?) throws(MediaError) {
        let code = unsafe avcodec_send_packet(codec, packet)
        if unsafe packet == nil { return }
        guard code >= 0, code != -EAGAIN else {
            if code == -ENOMEM { throw .outOfResources }
            return try countError()
        }
    }

    /// The next decoded sound; nil when the decoder wants another packet or, after the end, has no more.
    func receive() throws(MediaError) -> Sound? {
        while true {
            let code = unsafe avcodec_receive_frame(codec, frame)
            if code == -EAGAIN || code == backline_error_eof() { return nil }
            if code == -ENOMEM { throw .outOfResources }
            guard code >= 0, let frame = unsafe frame else {
                try countError()
                continue
            }
            errorsInARow = 0
            guard unsafe frame.pointee.nb_samples > 0, unsafe frame.pointee.sample_rate > 0 else { continue }
            let time = unsafe frame.pointee.pts
            let samples = unsafe try resample(frame)
            return Sound(
                samples: samples, time: time == backline_no_timestamp() ? nil : time,
                sourceSamples: Int(unsafe frame.pointee.nb_samples), sourceRate: Int(unsafe frame.pointee.sample_rate))
        }
    }

    /// What the resampler still holds at the end.
    func drain() throws(MediaError) -> [Float] {
        guard unsafe resampler != nil else { return [] }
        return unsafe try convert(nil)
    }

    /// Silence in the stream's own rate goes through the resampler, so that its phase stays right.
    func silence(sourceSamples: Int) throws(MediaError) -> [Float] {
        guard unsafe resampler != nil, sourceSamples > 0 else { return [] }
        guard unsafe swr_inject_silence(resampler, Int32(clamping: sourceSamples)) >= 0 else { return [] }
        return []
    }

    private func resample(_ frame: UnsafeMutablePointer<AVFrame>) throws(MediaError) -> [Float] {
        let now = unsafe (frame.pointee.sample_rate, frame.pointee.format, frame.pointee.ch_layout.nb_channels)
        var samples: [Float] = []
        if unsafe resampler == nil || now != format {
            samples = try drain()
            unsafe swr_free(&resampler)
            guard let made = unsafe backline_resampler(frame) else { throw .unsupported("its channels or sample rate") }
            unsafe resampler = unsafe made
            format = now
        }
        return unsafe try samples + convert(frame)
    }

    private func convert(_ frame: UnsafeMutablePointer<AVFrame>?) throws(MediaError) -> [Float] {
        let capacity = unsafe swr_get_out_samples(resampler, frame?.pointee.nb_samples ?? 0)
        guard capacity >= 0, capacity < 1 << 24 else { throw .broken("its sample rate makes no sense") }
        guard capacity > 0 else { return [] }
        var code: Int32 = 0
        let samples = unsafe [Float](unsafeUninitializedCapacity: Int(capacity) * 2) { buffer, count in
            code = unsafe backline_resample(resampler, buffer.baseAddress, capacity, frame)
            count = Int(max(0, code)) * 2
        }
        guard code >= 0 else { throw .broken("its sound cannot be resampled") }
        return samples
    }

    private func countError() throws(MediaError) {
        errors += 1
        errorsInARow += 1
        guard errorsInARow < 250, errors < 20_000 else { throw .broken("its sound cannot be decoded") }
    }
}
