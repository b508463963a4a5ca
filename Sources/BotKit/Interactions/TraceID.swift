/// A short name for one interaction, shown to the person and written with every log line, so that the two can be matched.
public struct TraceID: Sendable, Hashable, CustomStringConvertible {
    /// Six lower-case hexadecimal digits.
    public let description: String

    /// The trace id of an interaction: a mix of the bits of its snowflake, so that retries of a look-up find the same name.
    public init(interaction: UInt64) {
        var bits = interaction
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        bits ^= bits >> 31
        let text = String(bits & 0xff_ffff, radix: 16)
        description = String(repeating: "0", count: 6 - text.count) + text
    }
}
