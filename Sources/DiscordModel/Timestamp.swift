import FoundationEssentials

/// Moments as Discord writes them: ISO 8601 with microseconds and offset.
public enum Timestamp {
    /// Writes a moment, for example `2026-11-20T00:00:00.000000+00:00`.
    public static func text(milliseconds: Int64) -> String {
        let seconds = milliseconds.quotientAndRemainder(dividingBy: 1000)
        let date = Date(timeIntervalSince1970: Double(seconds.quotient))
        let base = date.formatted(.iso8601.timeZone(separator: .omitted)).prefix(19)
        let fraction = String(1000 + seconds.remainder).suffix(3)
        return base + "." + fraction + "000+00:00"
    }

    /// Reads a moment with or without a fraction; nil for anything else.
    public static func milliseconds(_ text: String) -> Int64? {
        if let date = try? Date(text, strategy: .iso8601.time(includingFractionalSeconds: true)) {
            return Int64((date.timeIntervalSince1970 * 1000).rounded())
        }
        return (try? Date(text, strategy: .iso8601)).map { Int64($0.timeIntervalSince1970 * 1000) }
    }
}
