/// Writes Opus packets as an Ogg stream, page by page, so that a listener can hear it while it grows (RFC 3533, RFC 7845).
public struct OggOpusWriter: Sendable {
    private let serial: UInt32
    private let header: OpusHeader
    private let tags: OpusTags
    private let packetsPerPage: Int
    private var sequence: UInt32 = 0
    private var granule: UInt64 = 0
    private var waiting: [[UInt8]] = []

    /// A stream with its own serial number; a page is written for every `packetsPerPage` packets (1 for the least delay).
    public init(
        serial: UInt32, header: OpusHeader = OpusHeader(), tags: OpusTags = OpusTags(), packetsPerPage: Int = 1
    ) {
        self.serial = serial
        self.header = header
        self.tags = tags
        self.packetsPerPage = min(50, max(1, packetsPerPage))
    }

    /// The pages with both headers; they come first.
    public mutating func start() -> [UInt8] {
        page([header.bytes], flags: 2, granule: 0) + pages(of: tags.bytes)
    }

    /// Adds a packet and returns a page when one is full, else nothing. A packet no page can hold (over 60 KiB) is left out.
    public mutating func add(_ packet: [UInt8]) -> [UInt8] {
        guard !packet.isEmpty, packet.count <= 60_000 else { return [] }
        var written: [UInt8] = []
        let segments = waiting.reduce(0) { $0 + $1.count / 255 + 1 }
        if segments + packet.count / 255 + 1 > 255 { written = flush() }
        waiting.append(packet)
        granule += UInt64(OpusPacket.sampleCount(packet) ?? 0)
        if waiting.count >= packetsPerPage { written += flush() }
        return written
    }

    /// The page that ends the stream, with the packets still waiting.
    public mutating func finish() -> [UInt8] {
        defer { waiting = [] }
        return page(waiting, flags: 4, granule: granule)
    }

    private mutating func flush() -> [UInt8] {
        guard !waiting.isEmpty else { return [] }
        defer { waiting = [] }
        return page(waiting, flags: 0, granule: granule)
    }

    /// One packet alone on as many pages as it needs.
    private mutating func pages(of packet: [UInt8]) -> [UInt8] {
        var written: [UInt8] = []
        var rest = packet[...]
        var flags: UInt8 = 0
        while rest.count >= 255 * 255 {
            let lacing = [UInt8](repeating: 255, count: 255)
            written += page(lacing: lacing, body: Array(rest.prefix(255 * 255)), flags: flags, granule: .max)
            rest = rest.dropFirst(255 * 255)
            flags = 1
        }
        return written + page([Array(rest)], flags: flags, granule: 0)
    }

    private mutating func page(_ packets: [[UInt8]], flags: UInt8, granule: UInt64) -> [UInt8] {
        let lacing = packets.flatMap { packet in
            [UInt8](repeating: 255, count: packet.count / 255) + [UInt8(packet.count % 255)]
        }
        return page(lacing: lacing, body: packets.flatMap { $0 }, flags: flags, granule: granule)
    }

    private mutating func page(lacing: [UInt8], body: [UInt8], flags: UInt8, granule: UInt64) -> [UInt8] {
        var page = Array("OggS".utf8) + [0, flags]
        page += littleEndian(granule) + littleEndian(serial) + littleEndian(sequence) + [0, 0, 0, 0]
        page += [UInt8(lacing.count)] + lacing + body
        page.replaceSubrange(22..<26, with: littleEndian(OggChecksum.of(page: page[...])))
        sequence &+= 1
        return page
    }
}
