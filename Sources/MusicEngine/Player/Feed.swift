import MediaPipeline

/// One opened delivery of a song; a song gets a new one when it is sought, made louder or opened again.
public struct StreamID: Hashable, Sendable {
    let number: UInt64
}

/// The frames of one song between the media worker and the listener's ear.
///
/// Frames stay here until the sender has taken them, not only until they are pushed to the output. So the output can be
/// emptied at any time and filled again without losing or repeating a frame.
struct Feed: Sendable {
    /// The delivery that frames are taken from.
    private(set) var stream: StreamID
    /// The next frame number to arrive.
    private(set) var frontier: Int
    /// Frames of this song that the sender has taken since it began.
    private(set) var heard = 0
    /// Frames at the head of the buffer that the output holds now.
    private(set) var pushed = 0
    /// Whether no more frames will arrive.
    private(set) var ended = false
    /// Another delivery of the same song that takes over as soon as it has caught up (a volume change).
    private(set) var replacement: Replacement?
    /// Whether the frames of each delivery are numbered anew (broadcasts).
    var renumbers = false

    private var buffer = FrameBuffer()
    private var offset: Int?

    /// A delivery waiting to take over.
    struct Replacement: Sendable {
        let stream: StreamID
        var buffer = FrameBuffer()
        var ended = false
    }

    /// Frames that a replacement must be ahead by before it takes over, so that it does not starve at once.
    private static let takeoverFrames = 5

    init(stream: StreamID, from frame: Int) {
        self.stream = stream
        frontier = frame
    }

    /// The first frame not heard yet, from the start of the song.
    var position: Int { buffer.first?.index ?? frontier }
    /// Frames waiting, pushed or not.
    var count: Int { buffer.count }
    /// Whether every frame was heard and none will come; a replacement could bring none either.
    var isDry: Bool { ended && buffer.isEmpty }
    /// The streams whose packets this feed takes.
    var streams: [StreamID] { [stream] + (replacement.map { [$0.stream] } ?? []) }

    /// Whether this feed takes the packets of a delivery.
    func has(_ stream: StreamID) -> Bool { stream == self.stream || stream == replacement?.stream }

    /// Whether a delivery may go on, given the limit of frames held; nil when it is not wanted at all.
    func wants(_ stream: StreamID, limit: Int) -> Bool? {
        if stream == self.stream { return ended ? nil : buffer.count < limit }
        guard let replacement, replacement.stream == stream else { return nil }
        return replacement.ended ? nil : replacement.buffer.count < limit
    }

    /// Takes frames that have arrived; frames already here are dropped. True when a frame was new.
    mutating func append(_ packets: [OpusPacket], from stream: StreamID) -> Bool {
        if stream == self.stream {
            var isNew = false
            buffer.reserve(packets.count)
            for packet in packets where !ended {
                var packet = packet
                if renumbers {
                    let shift = offset ?? (frontier - packet.index)
                    offset = shift
                    packet.index += shift
                }
                guard packet.index >= frontier, Self.isFrame(packet) else { continue }
                buffer.append(packet)
                frontier = packet.index + 1
                isNew = true
            }
            return isNew
        }
        guard replacement?.stream == stream else { return false }
        let position = position
        for packet in packets where Self.isFrame(packet) && (renumbers || packet.index >= position) {
            replacement?.buffer.append(packet)
        }
        return !packets.isEmpty
    }

    /// Whether the output can take a packet; what it cannot take would stop everything behind it.
    private static func isFrame(_ packet: OpusPacket) -> Bool {
        (1...OpusPacket.maximumBytes).contains(packet.bytes.count)
    }

    /// Notes that a delivery has sent its last frame.
    mutating func end(_ stream: StreamID) {
        if stream == self.stream {
            ended = true
        } else if replacement?.stream == stream {
            replacement?.ended = true
        }
    }

    /// Goes on with another delivery from the frontier; what is buffered stays.
    mutating func reopen(as stream: StreamID) {
        self.stream = stream
        offset = nil
        ended = false
    }

    /// Lets another delivery take over once it has caught up; returns the one that was waiting so far.
    mutating func replace(with stream: StreamID) -> StreamID? {
        let former = replacement?.stream
        replacement = Replacement(stream: stream)
        return former
    }

    /// Forgets a replacement that failed.
    mutating func dropReplacement() {
        replacement = nil
    }

    /// Whether the replacement can take over now.
    var replacementIsReady: Bool {
        guard let replacement else { return false }
        if replacement.ended { return true }
        if renumbers { return replacement.buffer.count >= Self.takeoverFrames }
        guard let last = replacement.buffer.last else { return false }
        return last.index >= position + (buffer.isEmpty ? 0 : Self.takeoverFrames)
    }

    /// Puts the replacement in the place of the delivery, frame-exact; the output must be empty. Returns the old delivery.
    mutating func takeOver() -> StreamID? {
        guard var replacement, pushed == 0 else { return nil }
        let position = position
        let former = stream
        if renumbers {
            offset = position - (replacement.buffer.first?.index ?? 0)
            replacement.buffer.renumber(from: position)
        } else {
            replacement.buffer.drop(before: position)
            offset = nil
        }
        buffer = replacement.buffer
        frontier = max(position, buffer.last.map { $0.index + 1 } ?? position)
        stream = replacement.stream
        ended = replacement.ended
        self.replacement = nil
        return former
    }

    /// Jumps to a frame in the buffer; false when it is not there. The output must be empty.
    mutating func jump(to frame: Int) -> Bool {
        guard pushed == 0, let first = buffer.first, let last = buffer.last, frame >= first.index, frame <= last.index
        else { return false }
        buffer.drop(before: frame)
        return true
    }

    /// Starts over from another frame with a new delivery; the output must be empty. Returns the deliveries to close.
    mutating func restart(as stream: StreamID, from frame: Int) -> [StreamID] {
        let former = streams
        self.stream = stream
        replacement = nil
        buffer = FrameBuffer()
        frontier = frame
        offset = nil
        ended = false
        return former
    }

    /// The next frame for the output; it stays here until it was heard.
    mutating func nextToPush() -> [UInt8]? {
        guard pushed < buffer.count else { return nil }
        defer { pushed += 1 }
        return buffer[pushed].bytes
    }

    /// Takes back the last `nextToPush`, which found no room.
    mutating func pushFailed() {
        pushed -= 1
    }

    /// Notes that the output was emptied.
    mutating func cleared() {
        pushed = 0
    }

    /// Notes that the sender took up to `count` of the pushed frames; returns how many were this song's.
    mutating func take(_ count: Int) -> Int {
        let taken = min(count, pushed)
        buffer.removeFirst(taken)
        pushed -= taken
        heard += taken
        return taken
    }
}

/// A first-in, first-out line of frames with cheap removal at its head.
struct FrameBuffer: Sendable {
    private var frames: [OpusPacket] = []
    private var head = 0

    var count: Int { frames.count - head }
    var isEmpty: Bool { count == 0 }
    var first: OpusPacket? { isEmpty ? nil : frames[head] }
    var last: OpusPacket? { isEmpty ? nil : frames[frames.count - 1] }

    subscript(_ index: Int) -> OpusPacket { frames[head + index] }

    /// Makes room for more frames, where the heard ones were when there is enough.
    mutating func reserve(_ count: Int) {
        if head > 0, frames.count + count > frames.capacity {
            frames.removeFirst(head)
            head = 0
        }
    }

    mutating func append(_ frame: OpusPacket) {
        frames.append(frame)
    }

    /// Frames heard that may still be held: the rest is moved down (16 bytes a frame) before there are more.
    private static let slack = 32

    mutating func removeFirst(_ count: Int) {
        head += min(count, self.count)
        if head >= Self.slack || head == frames.count {
            frames.removeFirst(head)
            head = 0
        }
    }

    mutating func drop(before index: Int) {
        var count = 0
        while count < self.count, self[count].index < index { count += 1 }
        removeFirst(count)
    }

    mutating func renumber(from index: Int) {
        for place in head..<frames.count { frames[place].index = index + place - head }
    }
}
