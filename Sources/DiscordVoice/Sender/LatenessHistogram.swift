/// How late packets left, in buckets that are at most 6 % wide; its memory is made once.
public struct LatenessHistogram: Sendable {
    private static let subdivisions = 16
    /// Values from here on (about 16 s) share the last bucket.
    private static let largest: UInt64 = 1 << 24

    /// In the value itself, so that a snapshot never makes the sender thread copy an array.
    private var buckets: InlineArray<353, UInt64>
    /// Values entered.
    public private(set) var count: UInt64 = 0
    /// The largest value entered, exact.
    public private(set) var maximum: Duration = .zero
    private var maximumNanoseconds: Int64 = 0

    /// An empty histogram.
    public init() {
        buckets = InlineArray(repeating: 0)
    }

    /// Enters one lateness; early counts as zero.
    public mutating func record(nanoseconds: Int64) {
        let value = max(0, nanoseconds)
        if value > maximumNanoseconds {
            maximumNanoseconds = value
            maximum = .nanoseconds(value)
        }
        count += 1
        buckets[LatenessHistogram.bucket(of: min(UInt64(value) / 1_000, LatenessHistogram.largest))] += 1
    }

    /// The value that `fraction` (0...1) of all entries do not exceed, to the bucket's upper edge; zero when empty.
    public func percentile(_ fraction: Double) -> Duration {
        guard count > 0 else { return .zero }
        let rank = max(1, UInt64((Double(count) * min(max(fraction, 0), 1)).rounded(.up)))
        var seen: UInt64 = 0
        for index in buckets.indices {
            seen += buckets[index]
            if seen >= rank { return min(maximum, .microseconds(LatenessHistogram.upperEdge(of: index))) }
        }
        return maximum
    }

    /// Adds another histogram's entries.
    public mutating func add(_ other: LatenessHistogram) {
        for index in buckets.indices { buckets[index] += other.buckets[index] }
        count += other.count
        maximumNanoseconds = max(maximumNanoseconds, other.maximumNanoseconds)
        maximum = max(maximum, other.maximum)
    }

    private static func bucket(of microseconds: UInt64) -> Int {
        guard microseconds >= UInt64(2 * subdivisions) else { return Int(microseconds) }
        let exponent = 63 - microseconds.leadingZeroBitCount - 4
        return subdivisions * exponent + Int(microseconds >> UInt64(exponent))
    }

    private static func upperEdge(of bucket: Int) -> Int64 {
        guard bucket >= 2 * subdivisions else { return Int64(bucket + 1) }
        let exponent = bucket / subdivisions - 1
        return Int64(bucket - subdivisions * exponent + 1) << Int64(exponent)
    }
}
