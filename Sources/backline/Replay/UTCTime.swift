/// A moment in words, without a calendar of the machine.
struct UTCTime: CustomStringConvertible {
    /// Seconds since 1970.
    let seconds: Double

    /// Such as `2017-06-21 16:11:48+00:00`, to the nearest second.
    var description: String {
        guard seconds.isFinite, abs(seconds) < 1e11 else { return "unknown" }
        let whole = Int(seconds.rounded())
        let day = Int((Double(whole) / 86400).rounded(.down))
        let second = whole - day * 86400
        // Days since 1 March 0000, in eras of 400 years.
        let shifted = day + 719_468
        let era = Int((Double(shifted) / 146_097).rounded(.down))
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let date = dayOfYear - (153 * month + 2) / 5 + 1
        let year = yearOfEra + era * 400 + (month >= 10 ? 1 : 0)
        let clock = [second / 3600, second / 60 % 60, second % 60].map(UTCTime.two).joined(separator: ":")
        return "\(year)-\(UTCTime.two(month < 10 ? month + 3 : month - 9))-\(UTCTime.two(date)) \(clock)+00:00"
    }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
