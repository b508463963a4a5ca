import FoundationEssentials

/// The time of day, needed only to compare with the time inside a snowflake.
public enum WallClock {
    /// Milliseconds since 1970.
    public static let milliseconds: @Sendable () -> Int64 = { Int64(Date.now.timeIntervalSince1970 * 1000) }
}
