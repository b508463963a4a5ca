import CFFmpeg
import MediaPipeline

/// A container opened for its best sound stream. FFmpeg opens nothing by itself: every byte comes from a `ByteSource`.
@safe final class Demuxer {
    private var context: UnsafeMutablePointer<AVFormatContext>?
    private var input: UnsafeMutablePointer<AVIOContext>?
    private let packet: UnsafeMutablePointer<AVPacket>
    private let opener: SourceOpener
    private let stream: UnsafeMutablePointer<AVStream>
    /// What the source's answer told.
    let facts: StreamFacts
    /// Whether the source is a body of unknown length that cannot be read twice.
    let isOneWay: Bool

    /// Formats that carry songs; the rest of FFmpeg's demuxers are not offered to hostile files.
    private static let formats = """
        ogg,matroska,webm,mp3,flac,wav,w64,mov,mp4,m4a,3gp,3g2,mj2,aac,hls,mpegts,aiff,caf,au,asf,ape,tta,wv,opus,ac3,eac3,amr
        """

    /// Opens the song that `opener` stands for.
    init(opener: SourceOpener) throws(MediaError) {
        self.opener = opener
        let source = try opener.open()
        facts = source.stream
        isOneWay = source.size == nil && !source.isSeekable
        if source.size == 0 { throw .empty }
        let input = unsafe try InputContext.open(source, opener: opener)
        let name = facts.url.isEmpty ? "song" : facts.url
        var context: UnsafeMutablePointer<AVFormatContext>?
        do {
            unsafe context = unsafe try Self.open(input, name: name, opener: opener)
        } catch {
            unsafe InputContext.close(input)
            throw error
        }
        do {
            unsafe stream = unsafe try Self.bestStream(of: context, opener: opener)
            guard let packet = unsafe av_packet_alloc() else { throw MediaError.outOfResources }
            unsafe self.packet = unsafe packet
        } catch let error as MediaError {
            unsafe avformat_close_input(&context)
            unsafe InputContext.close(input)
            throw error
        } catch {
            throw .outOfResources
        }
        unsafe self.context = unsafe context
        unsafe self.input = unsafe input
    }

    deinit {
        var packet: UnsafeMutablePointer<AVPacket>? = unsafe packet
        unsafe av_packet_free(&packet)
        unsafe avformat_close_input(&context)
        unsafe InputContext.close(input)
    }

    private static func open(
        _ input: UnsafeMutablePointer<AVIOContext>, name: String, opener: SourceOpener
    ) throws(MediaError) -> UnsafeMutablePointer<AVFormatContext>? {
        guard let context = unsafe avformat_alloc_context() else { throw .outOfResources }
        unsafe context.pointee.pb = unsafe input
        unsafe context.pointee.opaque = unsafe Unmanaged.passUnretained(opener).toOpaque()
        unsafe context.pointee.interrupt_callback = unsafe AVIOInterruptCB(
            callback: { opaque in
                guard let opaque = unsafe opaque else { return 1 }
                return unsafe Unmanaged<SourceOpener>.fromOpaque(opaque).takeUnretainedValue().mustStop ? 1 : 0
            }, opaque: context.pointee.opaque)
        unsafe context.pointee.io_open = { context, result, url, _, options in
            unsafe Demuxer.openNested(context, result, url, options)
        }
        unsafe context.pointee.io_close2 = { _, input in
            unsafe InputContext.close(input)
            return 0
        }
        unsafe context.pointee.probesize = 2 << 20
        unsafe context.pointee.max_analyze_duration = 5_000_000
        unsafe context.pointee.max_streams = 64
        unsafe context.pointee.format_whitelist = unsafe av_strdup(formats)
        unsafe context.pointee.protocol_whitelist = unsafe av_strdup("none")
        var options: OpaquePointer?
        defer { unsafe av_dict_free(&options) }
        // FFmpeg's own keep-alive reaches into its own HTTP code, which is not used.
        // Every address is checked by the fetcher; what its name ends with says nothing.
        for (key, value) in [
            ("http_persistent", "0"), ("http_multiple", "0"), ("max_reload", "20"), ("extension_picky", "0"),
            ("allowed_segment_extensions", "ALL"), ("allowed_extensions", "ALL"),
        ] {
            unsafe av_dict_set(&options, key, value, 0)
        }
        var opened: UnsafeMutablePointer<AVFormatContext>? = unsafe context
        let code = unsafe avformat_open_input(&opened, name, nil, &options)
        guard code >= 0 else {
            // The end instead of a format error: headers with nothing behind them.
            let isEmpty = code == backline_error_eof()
            throw opener.reason(otherwise: isEmpty ? .empty : .unsupported("it is no audio format known here"))
        }
        return unsafe opened
    }

    private static func bestStream(
        of context: UnsafeMutablePointer<AVFormatContext>?, opener: SourceOpener
    ) throws(MediaError) -> UnsafeMutablePointer<AVStream> {
        guard let context = unsafe context else { throw .outOfResources }
        let code = unsafe avformat_find_stream_info(context, nil)
        guard code >= 0 else { throw opener.reason(otherwise: .broken("its beginning cannot be read")) }
        if let reason = opener.failure, opener.mustStop { throw reason }
        let index = unsafe av_find_best_stream(context, AVMEDIA_TYPE_AUDIO, -1, -1, nil, 0)
        guard index >= 0, let streams = unsafe context.pointee.streams, let found = unsafe streams[Int(index)] else {
            throw opener.reason(otherwise: .noAudio)
        }
        for other in 0..<Int(unsafe context.pointee.nb_streams) where other != Int(index) {
            unsafe streams[other]?.pointee.discard = AVDISCARD_ALL
        }
        return unsafe found
    }

    /// FFmpeg's request to open what a playlist names.
    private static func openNested(
        _ context: UnsafeMutablePointer<AVFormatContext>?,
        _ result: UnsafeMutablePointer<UnsafeMutablePointer<AVIOContext>?>?, _ url: UnsafePointer<CChar>?,
        _ options: UnsafeMutablePointer<OpaquePointer?>?
    ) -> Int32 {
        guard let opaque = unsafe context?.pointee.opaque, let result = unsafe result, let url = unsafe url else {
            return backline_error_invalid_data()
        }
        let opener = unsafe Unmanaged<SourceOpener>.fromOpaque(opaque).takeUnretainedValue()
        func option(_ name: String) -> String? {
            guard let options = unsafe options, let entry = unsafe av_dict_get(options.pointee, name, nil, 0) else {
                return nil
            }
            return unsafe String(cString: entry.pointee.value)
        }
        do {
            let source = try opener.openNested(
                unsafe String(cString: url), offset: option("offset").flatMap { Int64($0) },
                end: option("end_offset").flatMap { Int64($0) }, key: option("key"), vector: option("iv"))
            unsafe result.pointee = unsafe try InputContext.open(source, opener: opener)
            // FFmpeg has got past what failed before: it must not become the reason of a later end.
            opener.failure = nil
            return 0
        } catch {
            opener.failure = opener.failure ?? error
            return opener.mustStop ? backline_error_exit() : -EIO
        }
    }

    /// The codec parameters of the stream.
    var parameters: UnsafeMutablePointer<AVCodecParameters> { unsafe stream.pointee.codecpar }

    /// The unit of the stream's times.
    var timeBase: AVRational { unsafe stream.pointee.time_base }

    /// A time of the stream in samples at 48 kHz; nil for FFmpeg's "unknown" and for what no song reaches (three thousand
    /// years): files may state any time, and sums with it must not overflow.
    func samples(_ time: Int64) -> Int64? {
        guard time != backline_no_timestamp() else { return nil }
        let samples = av_rescale_q(time, timeBase, AVRational(num: 1, den: 48_000))
        return (-(1 << 52)...(1 << 52)).contains(samples) ? samples : nil
    }

    /// A number of samples at 48 kHz as a time of the stream.
    func time(_ samples: Int64) -> Int64 {
        av_rescale_q(samples, AVRational(num: 1, den: 48_000), timeBase)
    }

    /// Whether the stream is Opus whose packets need nothing done to them: at most stereo, no gain.
    var isPlainOpus: Bool {
        let parameters = unsafe parameters.pointee
        guard unsafe parameters.codec_id == AV_CODEC_ID_OPUS, unsafe (1...2).contains(parameters.ch_layout.nb_channels),
            let header = unsafe parameters.extradata, unsafe parameters.extradata_size >= 19
        else { return false }
        return unsafe header[16] == 0 && header[17] == 0 && header[18] == 0
    }

    /// The length, when known.
    var duration: Duration? {
        guard let context = unsafe context else { return nil }
        let whole = unsafe context.pointee.duration
        if whole != backline_no_timestamp(), whole > 0 { return .microseconds(whole) }
        guard let samples = samples(unsafe stream.pointee.duration), samples > 0 else { return nil }
        return .microseconds(samples * 1000 / 48)
    }

    /// The length in samples at 48 kHz where the container states it without the encoder's padding, as MP4 does.
    var exactLength: Int64? {
        guard format.hasPrefix("mov"), let length = samples(unsafe stream.pointee.duration), length > 0 else {
            return nil
        }
        return length
    }

    /// The name of the container format.
    var format: String {
        guard let name = unsafe context?.pointee.iformat?.pointee.name else { return "" }
        return unsafe String(cString: name)
    }

    /// Bits per second, when known.
    var bitRate: Int? {
        let own = unsafe parameters.pointee.bit_rate
        let rate = unsafe own > 0 ? own : context?.pointee.bit_rate ?? 0
        return rate > 0 ? Int(rate) : nil
    }

    /// A tag of the stream or of the file.
    func tag(_ name: String) -> String? {
        unsafe tag(name, in: stream.pointee.metadata) ?? tag(name, in: context?.pointee.metadata)
    }

    private func tag(_ name: String, in dictionary: OpaquePointer?) -> String? {
        guard let entry = unsafe av_dict_get(dictionary, name, nil, 0) else { return nil }
        let value = unsafe String(cString: entry.pointee.value)
        return value.isEmpty ? nil : String(value.prefix(300))
    }

    /// The next packet of the stream, valid until the next call unless its content is moved; nil at the end.
    func next() throws(MediaError) -> UnsafeMutablePointer<AVPacket>? {
        guard let context = unsafe context else { return nil }
        var errors = 0
        while true {
            unsafe av_packet_unref(packet)
            let code = unsafe av_read_frame(context, packet)
            if opener.mustStop { throw opener.reason(otherwise: .closed) }
            if code >= 0 {
                if unsafe packet.pointee.stream_index == stream.pointee.index, unsafe !isOpusHeader(packet) {
                    return unsafe packet
                }
                continue
            }
            if let failure = opener.failure { throw failure }
            if code == backline_error_eof() { return nil }
            errors += 1
            guard errors < 100 else { throw .broken("its packets cannot be told apart") }
        }
    }

    /// Whether a packet is a header of the next stream in a chain of Ogg Opus streams, which FFmpeg hands out as sound.
    private func isOpusHeader(_ packet: UnsafeMutablePointer<AVPacket>) -> Bool {
        guard unsafe parameters.pointee.codec_id == AV_CODEC_ID_OPUS else { return false }
        let bytes = unsafe UnsafeBufferPointer(start: packet.pointee.data, count: Int(packet.pointee.size))
        guard unsafe bytes.first == UInt8(ascii: "O") else { return false }
        return unsafe bytes.starts(with: "OpusHead".utf8) || bytes.starts(with: "OpusTags".utf8)
    }

    /// Goes to the last place at or before `time`, in the stream's unit; false when the container cannot.
    func seek(to time: Int64, fast: Bool) -> Bool {
        guard let context = unsafe context else { return false }
        if fast {
            unsafe context.pointee.flags |= AVFMT_FLAG_FAST_SEEK
        } else {
            unsafe context.pointee.flags &= ~AVFMT_FLAG_FAST_SEEK
        }
        if unsafe avformat_seek_file(context, stream.pointee.index, .min, time, time, 0) >= 0 { return true }
        return unsafe av_seek_frame(context, stream.pointee.index, time, AVSEEK_FLAG_BACKWARD) >= 0
    }
}
