import CFFmpeg
import MediaPipeline

/// Hands Opus packets of 20 ms on as they are, each under the number of its place in the song.
@safe final class Passthrough {
    /// What comes next.
    enum Step {
        case packet([UInt8])
        case end
        /// The packets change their length here: the rest must be encoded anew.
        case mustTranscode
    }

    let demuxer: Demuxer
    /// The stream's time of the song's first packet.
    let origin: Int64
    /// The number of the next packet.
    private(set) var nextIndex: Int
    private let isLive: Bool
    /// Packets read and not yet given: the oldest first.
    private var waiting: [UnsafeMutablePointer<AVPacket>] = unsafe []
    /// The last packets given, which a decoder needs to get going.
    private var history: [UnsafeMutablePointer<AVPacket>] = unsafe []
    /// How far the stream's clock is ahead of the packets given, after a jump that is not a hole.
    private var drift: Int64 = 0

    /// Emptied packets, to be used again.
    private var spare: [UnsafeMutablePointer<AVPacket>] = unsafe []

    /// 80 ms, what an Opus decoder needs to converge (RFC 7845, section 4.6), and one more.
    private static let historyCount = 5
    /// The longest hole filled with silence (10 s); a longer one is taken for a broken clock.
    private static let longestHole = 500

    /// Gives packets from `index` on. `first` is the first packet of the song, already read.
    init(
        demuxer: Demuxer, first: UnsafeMutablePointer<AVPacket>, index: Int, isLive: Bool
    ) throws(MediaError) {
        self.demuxer = demuxer
        self.isLive = isLive
        nextIndex = index
        let time = unsafe first.pointee.pts
        origin = time == backline_no_timestamp() ? 0 : time
        unsafe try hold(first)
    }

    deinit {
        unsafe (waiting + history + spare).forEach { packet in unsafe Self.free(packet) }
    }

    /// Goes to the first packet's place; false when the container cannot and the song must be read from its start.
    func seek() throws(MediaError) -> Bool {
        for back in [0, 100, 500] where nextIndex > back {
            let place = Int64(nextIndex - back) * Int64(OpusPacket.samples)
            guard demuxer.seek(to: origin &+ demuxer.time(place), fast: false) else { return false }
            guard let packet = unsafe try demuxer.next() else { continue }
            guard let index = unsafe index(of: packet), index <= nextIndex else { continue }
            dropWaiting()
            unsafe try hold(packet)
            return true
        }
        return false
    }

    /// The next packet.
    func next() throws(MediaError) -> Step {
        while true {
            if unsafe waiting.isEmpty {
                guard let packet = unsafe try demuxer.next() else { return .end }
                unsafe try hold(packet)
            }
            let packet = unsafe waiting[0]
            let bytes = unsafe UnsafeBufferPointer(start: packet.pointee.data, count: Int(packet.pointee.size))
            let isWhole =
                unsafe OpusPacket.sampleCount(bytes) == OpusPacket.samples
                && bytes.count <= OpusPacket.maximumBytes
            if !isLive, var index = unsafe index(of: packet) {
                index -= Int(drift)
                if index < nextIndex, !hasStarted {
                    // Still on the way to the wanted place.
                    remember()
                    continue
                }
                if index > nextIndex {
                    if index - nextIndex <= Self.longestHole {
                        nextIndex += 1
                        return .packet(OpusPacket.silence)
                    }
                    drift += Int64(index - nextIndex)
                }
            }
            guard isWhole else { return .mustTranscode }
            hasStarted = true
            let copy = unsafe Array(bytes)
            remember()
            nextIndex += 1
            return .packet(copy)
        }
    }

    /// Lets `body` see the packets before the next one, then those read and not yet given.
    func handOver(
        _ body: (UnsafeMutablePointer<AVPacket>) throws(MediaError) -> Void
    ) throws(MediaError) {
        let packets = unsafe history + waiting
        defer { unsafe packets.forEach { packet in unsafe Self.free(packet) } }
        unsafe history = []
        unsafe waiting = []
        for index in unsafe packets.indices { unsafe try body(packets[index]) }
    }

    private var hasStarted = false

    private func index(of packet: UnsafeMutablePointer<AVPacket>) -> Int? {
        let time = unsafe packet.pointee.pts
        guard time != backline_no_timestamp(), let samples = demuxer.samples(time &- origin) else { return nil }
        return Int((Double(samples) / Double(OpusPacket.samples)).rounded())
    }

    private func hold(_ packet: UnsafeMutablePointer<AVPacket>) throws(MediaError) {
        guard let place = unsafe spare.popLast() ?? av_packet_alloc() else { throw .outOfResources }
        unsafe av_packet_move_ref(place, packet)
        unsafe waiting.append(place)
    }

    private func dropWaiting() {
        unsafe waiting.forEach { packet in unsafe Self.free(packet) }
        unsafe waiting = []
    }

    private func remember() {
        unsafe history.append(waiting.removeFirst())
        guard unsafe history.count > Self.historyCount else { return }
        let oldest = unsafe history.removeFirst()
        unsafe av_packet_unref(oldest)
        unsafe spare.append(oldest)
    }

    private static func free(_ packet: UnsafeMutablePointer<AVPacket>) {
        var packet: UnsafeMutablePointer<AVPacket>? = unsafe packet
        unsafe av_packet_free(&packet)
    }
}
