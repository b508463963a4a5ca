/// When the packets of one stream arrived.
struct StreamArrivals {
    private var packets: [(number: Int64, time: Int64)] = []

    /// Notes a packet; the 16-bit sequence number is continued over its wraps.
    mutating func add(sequence: UInt16, at time: Int64) {
        guard let last = packets.last?.number else {
            packets.append((Int64(sequence), time))
            return
        }
        let step = Int64(Int16(bitPattern: sequence &- UInt16(truncatingIfNeeded: last)))
        packets.append((last + step, time))
    }

    /// What became of the stream. A packet's lateness, in nanoseconds, is its distance from the schedule of one packet
    /// every 20 ms that runs through the stream's earliest packet.
    func summary() -> (packets: Int, lost: Int, doubled: Int, lateness: [Int64]) {
        let offsets = packets.map { $0.time - $0.number * 20_000_000 }
        guard let earliest = offsets.min(), let first = packets.map(\.number).min(),
            let last = packets.map(\.number).max()
        else { return (0, 0, 0, []) }
        let distinct = Set(packets.map(\.number)).count
        return (distinct, Int(last - first) + 1 - distinct, packets.count - distinct, offsets.map { $0 - earliest })
    }
}
