import CFFmpeg
import MediaPipeline

/// A song as a row of Opus packets from a given frame on: passed through where that is possible, else encoded.
final class Song {
    private enum Mode {
        case passthrough(Passthrough)
        case transcode(Transcoder)
        /// The wanted start is behind the song's end.
        case over
    }

    /// What the song is.
    let info: MediaInfo
    /// The number of the next packet.
    private(set) var nextIndex: Int
    private let request: MediaRequest
    private var mode: Mode

    /// Skipping ahead by reading is as fast as seeking up to this distance (2 s), in samples at 48 kHz.
    private static let shortWay: Int64 = 96_000
    /// MP3 has no exact index: a seek reads every packet on the way. Beyond half an hour an estimate must do.
    private static let farWay: Int64 = 30 * 60 * 48_000

    /// Opens the song and goes to the wanted frame.
    init(request: MediaRequest, control: SessionControl, fetcher: Fetcher) throws(MediaError) {
        self.request = request
        let opener = SourceOpener(request: request, control: control, fetcher: fetcher)
        let demuxer = try Demuxer(opener: opener)
        control.headersRead()
        let known = demuxer.duration
        let isLive =
            demuxer.facts.isLive || (known == nil && (demuxer.isOneWay || demuxer.format.hasPrefix("hls")))
        let index = request.startIndex
        nextIndex = index
        let place = Int64(index) * Int64(OpusPacket.samples)
        var passes = false
        if !isLive, let known, request.start > known + .seconds(5) {
            mode = .over
        } else if request.volume == 1, demuxer.isPlainOpus,
            let found = try Self.passthrough(demuxer, opener: opener, index: index, isLive: isLive)
        {
            mode = .passthrough(found)
            passes = true
        } else {
            let fresh = demuxer.isPlainOpus && request.volume == 1 ? try Demuxer(opener: opener) : demuxer
            mode = .transcode(
                try Self.transcoder(fresh, opener: opener, request: request, place: place, isLive: isLive))
        }
        info = unsafe MediaInfo(
            duration: isLive ? nil : known,
            codec: String(cString: avcodec_get_name(demuxer.parameters.pointee.codec_id)),
            sampleRate: Int(demuxer.parameters.pointee.sample_rate),
            channels: Int(demuxer.parameters.pointee.ch_layout.nb_channels), passthrough: passes,
            title: demuxer.tag("title") ?? demuxer.facts.station, artist: demuxer.tag("artist"), isLive: isLive,
            bitRate: demuxer.bitRate)
    }

    /// The next packet, or nil at the end.
    func next() throws(MediaError) -> [UInt8]? {
        let packet: [UInt8]?
        switch mode {
        case .over: return nil
        case .transcode(let transcoder): packet = try transcoder.next()
        case .passthrough(let passthrough):
            switch try passthrough.next() {
            case .packet(let bytes): packet = bytes
            case .end: packet = nil
            case .mustTranscode:
                let transcoder = try fallBack(from: passthrough)
                mode = .transcode(transcoder)
                packet = try transcoder.next()
            }
        }
        if packet != nil { nextIndex += 1 }
        return packet
    }

    /// Passthrough from frame `index` on, or nil when the packets are not of 20 ms.
    private static func passthrough(
        _ demuxer: Demuxer, opener: SourceOpener, index: Int, isLive: Bool
    ) throws(MediaError) -> Passthrough? {
        func start(_ demuxer: Demuxer) throws(MediaError) -> Passthrough? {
            guard let first = unsafe try demuxer.next() else { throw .empty }
            let bytes = unsafe UnsafeBufferPointer(start: first.pointee.data, count: Int(first.pointee.size))
            guard unsafe OpusPacket.sampleCount(bytes) == OpusPacket.samples else { return nil }
            return unsafe try Passthrough(demuxer: demuxer, first: first, index: index, isLive: isLive)
        }
        guard let found = try start(demuxer) else { return nil }
        if isLive || Int64(index * OpusPacket.samples) <= shortWay { return found }
        if try found.seek() { return found }
        return try start(Demuxer(opener: opener))
    }

    /// A transcoder from `place` on, in samples at 48 kHz.
    private static func transcoder(
        _ demuxer: Demuxer, opener: SourceOpener, request: MediaRequest, place: Int64, isLive: Bool
    ) throws(MediaError) -> Transcoder {
        let decoder = unsafe try PacketDecoder(demuxer.parameters, timeBase: demuxer.timeBase)
        guard let first = try firstSound(demuxer, decoder) else {
            throw decoder.errors > 0 ? .broken("its sound cannot be decoded") : .empty
        }
        var origin = first.time ?? 0
        if demuxer.format == "aac", !isLive {
            // Raw AAC does not tell its encoder's delay; the first frame is never more than that.
            origin += demuxer.time(Int64(first.sourceSamples) * 48_000 / Int64(first.sourceRate))
        }
        let transcoder = try Transcoder(
            demuxer: demuxer, decoder: decoder, request: request, index: request.startIndex, origin: origin,
            isLive: isLive)
        guard !isLive, transcoder.wanted > shortWay else {
            try transcoder.take(first)
            return transcoder
        }
        let fast = unsafe demuxer.parameters.pointee.codec_id == AV_CODEC_ID_MP3 && place > farWay
        // Decoders need a run-up; containers may land behind the wanted place.
        for back in [24_000, 144_000, 960_000] as [Int64] where transcoder.wanted > back {
            guard demuxer.seek(to: origin &+ demuxer.time(transcoder.wanted - back), fast: fast) else { break }
            decoder.reset()
            guard let sound = try firstSound(demuxer, decoder) else { continue }
            guard let time = sound.time, let reached = demuxer.samples(time &- origin), reached <= transcoder.wanted
            else { continue }
            transcoder.seeked()
            try transcoder.take(sound)
            return transcoder
        }
        // No way to seek: read everything before.
        let again = try Demuxer(opener: opener)
        return try Transcoder(
            demuxer: again, decoder: unsafe PacketDecoder(again.parameters, timeBase: again.timeBase),
            request: request, index: request.startIndex, origin: origin, isLive: isLive)
    }

    private static func firstSound(_ demuxer: Demuxer, _ decoder: PacketDecoder) throws(MediaError) -> PacketDecoder
        .Sound?
    {
        while true {
            if let sound = try decoder.receive() { return sound }
            guard let packet = unsafe try demuxer.next() else { break }
            unsafe try decoder.send(packet)
        }
        unsafe try decoder.send(nil)
        return try decoder.receive()
    }

    /// Encodes what passthrough cannot hand on, from the same frame; the last packets get the decoder going.
    private func fallBack(from passthrough: Passthrough) throws(MediaError) -> Transcoder {
        let demuxer = passthrough.demuxer
        let decoder = unsafe try PacketDecoder(demuxer.parameters, timeBase: demuxer.timeBase)
        let transcoder = try Transcoder(
            demuxer: demuxer, decoder: decoder, request: request, index: nextIndex, origin: passthrough.origin,
            isLive: info.isLive)
        unsafe try passthrough.handOver { packet throws(MediaError) in
            unsafe try decoder.send(packet)
            while let sound = try decoder.receive() { try transcoder.take(sound) }
        }
        return transcoder
    }
}
