internal import MediaPipeline
internal import ServiceKit

/// One person's live Ogg Opus stream of a channel: what the speaker sends, silence in between.
struct LiveAudio: Sendable {
    /// Where the pages go; finished when the person leaves.
    let pages: BoundedChannel<[UInt8]>
    private var writer: OggOpusWriter
    private var queue: [[UInt8]] = []
    private var isPrimed = false
    private var written = 0
    private let start: Duration
    /// Packets that wait at most: a second.
    private static let limit = 50
    /// Packets collected before they are played, against jitter.
    private static let cushion = 5

    init(serial: UInt32, now: Duration) {
        pages = BoundedChannel(capacity: 256)
        writer = OggOpusWriter(serial: serial, packetsPerPage: 5)
        start = now
        pages.trySend(writer.start())
    }

    /// Takes a packet of the speaker.
    mutating func add(_ packet: [UInt8]) {
        queue.append(packet)
        if queue.count > Self.limit { queue.removeFirst(queue.count - Self.limit) }
    }

    /// Writes one packet per 20 ms that have passed; false when nobody reads any more.
    mutating func pump(now: Duration) -> Bool {
        let due = Int((now - start) / .milliseconds(20))
        while written < due {
            written += 1
            if !isPrimed && queue.count >= Self.cushion { isPrimed = true }
            if queue.isEmpty { isPrimed = false }
            let packet = isPrimed ? queue.removeFirst() : OpusPacket.silence
            let page = writer.add(packet)
            if !page.isEmpty && !pages.trySend(page) && pages.isFinished { return false }
        }
        return !pages.isFinished
    }
}
