import CFFmpeg
import MediaPipeline

/// Decodes, resamples and encodes a song from a given frame on.
///
/// The encoder delays sound by its look-ahead. It is fed that much ahead, after a few frames whose packets are thrown
/// away, so that frame n of the output holds exactly the sound at n · 20 ms of the source.
@safe final class Transcoder {
    private let demuxer: Demuxer
    private let decoder: PacketDecoder
    private let encoder: PacketEncoder
    private var queue: SoundQueue
    /// Packets still to be thrown away.
    private var priming: Int
    private let isLive: Bool
    /// The stream's time of the song's first sample.
    private let origin: Int64
    /// The place of the next sound from the decoder, from its times; nil after a seek until the first tells.
    private var place: Int64?
    /// What the stream's own clock says should come next.
    private var expected: Int64?
    private var atEnd = false
    /// The number of frames in the song once its end was reached.
    private(set) var frameCount: Int?

    /// Frames of sound the encoder hears before the first one that counts.
    private static let warmUp = 4
    /// A step of the stream's clock that is more than rounding: a hole in the song (100 ms).
    private static let tolerance: Int64 = 4800
    /// Containers round times to a millisecond: what is shorter than two is no frame of its own.
    private static let rounding: Int64 = 96
    /// The most padding that encoders leave behind the end (100 ms).
    private static let longestPadding: Int64 = 4800

    /// Encodes from frame `index` on; `origin` is the time of the song's first sample.
    init(
        demuxer: Demuxer, decoder: PacketDecoder, request: MediaRequest, index: Int, origin: Int64, isLive: Bool
    ) throws(MediaError) {
        self.demuxer = demuxer
        self.decoder = decoder
        self.origin = origin
        self.isLive = isLive
        encoder = try PacketEncoder(bitRate: request.bitRate)
        priming = min(Self.warmUp, index + 1)
        let first = Int64(index - priming) * Int64(OpusPacket.samples) + Int64(encoder.lookahead)
        queue = SoundQueue(position: first, volume: request.volume)
    }

    /// The first place whose sound is needed, in samples at 48 kHz.
    var wanted: Int64 { queue.position }

    /// Takes sound that was decoded outside.
    func take(_ sound: PacketDecoder.Sound) throws(MediaError) {
        let stated = sound.time.flatMap { demuxer.samples($0 &- origin) }
        if isLive {
            place = place ?? max(0, queue.end)
        } else if place == nil {
            place = stated ?? 0
        } else if let stated, let expected, stated - expected > Self.tolerance, let reached = place {
            // A hole: silence keeps what follows at its place.
            place = reached + min(stated - expected, 480_000)
        }
        if let place {
            queue.append(sound.samples, at: place)
            // Before the wanted place the queue stays empty; from there on its end is the truth.
            self.place = queue.count > 0 ? queue.end : place + Int64(sound.samples.count / 2)
        }
        let length = Int64(sound.sourceSamples) * 48_000 / Int64(max(1, sound.sourceRate))
        expected = (stated ?? expected ?? 0) + length
    }

    /// Forgets the place, after a seek.
    func seeked() {
        place = nil
        expected = nil
        atEnd = false
    }

    /// The next packet, or nil at the end.
    func next() throws(MediaError) -> [UInt8]? {
        while true {
            while queue.count < OpusPacket.samples, !atEnd { try decodeMore() }
            let lookahead = Int64(encoder.lookahead)
            if atEnd, let frameCount {
                // The frame that is next begins at its place plus the look-ahead.
                let index = (queue.position - lookahead) / Int64(OpusPacket.samples)
                guard index < frameCount else { return nil }
                queue.appendSilence(OpusPacket.samples - queue.count)
            }
            let frame = queue.take()
            // The first packet that counts must not build on those thrown away: the listener does not know them.
            encoder.setPrediction(priming != 0)
            let packet = try encoder.encode(frame)
            priming -= priming >= 0 ? 1 : 0
            if priming < 0 { return packet }
        }
    }

    /// Decodes one packet further.
    private func decodeMore() throws(MediaError) {
        if let sound = try decoder.receive() { return try take(sound) }
        if let packet = unsafe try demuxer.next() {
            return unsafe try decoder.send(packet)
        }
        unsafe try decoder.send(nil)
        while let sound = try decoder.receive() { try take(sound) }
        let rest = try decoder.drain()
        if let place { queue.append(rest, at: place) }
        var end = queue.count > 0 ? queue.end : (place ?? 0) + Int64(rest.count / 2)
        if let exactEnd = demuxer.exactLength, end > exactEnd, end - exactEnd < Self.longestPadding { end = exactEnd }
        let frames = (end - Self.rounding + Int64(OpusPacket.samples) - 1) / Int64(OpusPacket.samples)
        frameCount = max(end > 0 ? 1 : 0, Int(frames))
        atEnd = true
    }
}
