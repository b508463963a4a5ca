/// Discord's time stamps: ISO-8601 with microseconds and offset.
enum Timestamp {
    /// Milliseconds since the Unix epoch as text.
    static func text(_ milliseconds: Int64) -> String {
        let days = milliseconds.floored(by: 86_400_000)
        let rest = milliseconds - days * 86_400_000
        let (year, month, day) = civil(days)
        let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
        let hour = padded(rest / 3_600_000, 2)
        let minute = padded(rest / 60_000 % 60, 2)
        let second = padded(rest / 1000 % 60, 2)
        return "\(date)T\(hour):\(minute):\(second).\(padded(rest % 1000, 3))000+00:00"
    }

    static func json(_ milliseconds: Int64?) -> JSON { milliseconds.map { .string(text($0)) } ?? .null }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// Days since 1970 to year, month, day (proleptic Gregorian).
    private static func civil(_ days: Int64) -> (Int64, Int64, Int64) {
        let shifted = days + 719_468
        let era = shifted.floored(by: 146_097)
        let ofEra = shifted - era * 146_097
        let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let part = (5 * ofYear + 2) / 153
        let day = ofYear - (153 * part + 2) / 5 + 1
        let month = part < 10 ? part + 3 : part - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    /// The time in an ISO text such as clients send it; nil when it is none.
    static func parse(_ text: String) -> Int64? {
        let parts = text.split(whereSeparator: { "-T:.+Z".contains($0) }).map { Int64($0) }
        guard parts.count >= 6, let year = parts[0], let month = parts[1], let day = parts[2], let hour = parts[3],
            let minute = parts[4], let second = parts[5], (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        let y = month <= 2 ? year - 1 : year
        let era = y.floored(by: 400)
        let yearOfEra = y - era * 400
        let ofYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let ofEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + ofYear
        let days = era * 146_097 + ofEra - 719_468
        return ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1000
    }
}

extension Int64 {
    /// Division that rounds towards minus infinity.
    func floored(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
