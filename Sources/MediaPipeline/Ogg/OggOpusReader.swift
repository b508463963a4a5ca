/// Reads an Ogg Opus stream as it arrives, in pieces of any size (RFC 3533, RFC 7845). Pages of other streams in the same
/// file are passed over; a new stream after the end of the first (as radio stations send) is read on.
public struct OggOpusReader: Sendable {
    /// What a stream is made of, in order.
    public enum Element: Sendable, Hashable {
        /// The first packet.
        case header(OpusHeader)
        /// The second packet.
        case tags(OpusTags)
        /// An Opus packet.
        case packet([UInt8])
        /// The end of the stream; `samples` is its length at 48 kHz with the pre-skip still in it.
        case end(samples: UInt64)
    }

    private enum Stage { case header, tags, packets }

    /// A packet must fit in this many bytes; comment headers with cover pictures are the largest.
    private static let maximumPacket = 4 << 20

    private var buffer: [UInt8] = []
    private var start = 0
    private var elements: [Element] = []
    private var taken = 0
    private var stage = Stage.header
    private var serial: UInt32?
    private var sequence: UInt32 = 0
    private var partial: [UInt8] = []

    /// A reader at the start of a stream.
    public init() {}

    /// Adds bytes as they came.
    public mutating func append(_ bytes: some Collection<UInt8>) {
        if start > 0, start == buffer.count || start > 1 << 16 {
            buffer.removeFirst(start)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next element, or nil until more bytes come. After an error the stream is of no more use.
    public mutating func next() throws(MediaError) -> Element? {
        while taken == elements.count {
            elements.removeAll(keepingCapacity: true)
            taken = 0
            guard let length = try pageLength() else { return nil }
            let page = buffer[start..<start + length]
            start += length
            try read(page: page)
        }
        taken += 1
        return elements[taken - 1]
    }

    /// The length of the page at the start of the buffer once it is there as a whole.
    private func pageLength() throws(MediaError) -> Int? {
        let have = buffer[start...]
        guard have.prefix(5).elementsEqual(Array("OggS\0".utf8).prefix(have.count)) else {
            throw .broken("an Ogg page is expected and something else is there")
        }
        guard have.count >= 27 else { return nil }
        let segments = Int(have[start + 26])
        guard have.count >= 27 + segments else { return nil }
        let length = have[(start + 27)..<(start + 27 + segments)].reduce(27 + segments) { $0 + Int($1) }
        return have.count >= length ? length : nil
    }

    private mutating func read(page: ArraySlice<UInt8>) throws(MediaError) {
        func number(_ offset: Int, _ count: Int) -> UInt64 {
            let from = page.startIndex + offset
            return page[from..<from + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        guard UInt64(OggChecksum.of(page: page)) == number(22, 4) else {
            throw .broken("an Ogg page with a wrong checksum")
        }
        let flags = page[page.startIndex + 5]
        let pageSerial = UInt32(number(14, 4))
        if serial == nil {
            guard flags & 2 != 0 else { throw .broken("the Ogg stream does not start at its beginning") }
            (serial, stage, partial) = (pageSerial, .header, [])
        } else if serial != pageSerial {
            return
        } else if UInt32(number(18, 4)) != sequence &+ 1 {
            throw .broken("an Ogg page is missing")
        }
        sequence = UInt32(number(18, 4))
        guard (flags & 1 != 0) == !partial.isEmpty else { throw .broken("an Ogg packet lost a part") }
        let segments = Int(page[page.startIndex + 26])
        var position = page.startIndex + 27 + segments
        for lace in page[(page.startIndex + 27)..<position] {
            partial += page[position..<position + Int(lace)]
            position += Int(lace)
            guard partial.count <= Self.maximumPacket else { throw .broken("an Ogg packet without end") }
            if lace < 255 { try finishPacket() }
        }
        if flags & 4 != 0 {
            elements.append(.end(samples: number(6, 8)))
            serial = nil
        }
    }

    private mutating func finishPacket() throws(MediaError) {
        defer { partial = [] }
        switch stage {
        case .header:
            elements.append(.header(try OpusHeader(packet: partial)))
            stage = .tags
        case .tags:
            elements.append(.tags(try OpusTags(packet: partial)))
            stage = .packets
        case .packets:
            if !partial.isEmpty { elements.append(.packet(partial)) }
        }
    }
}
