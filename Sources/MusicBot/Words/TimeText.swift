/// Times as people type and read them: `1:23`, `83`, `+10`, `-10`, `1h2m3s`.
public enum TimeText {
    /// Where a person wants to go in a song.
    public enum Target: Sendable, Hashable {
        /// To this time from the start.
        case absolute(Duration)
        /// This much further, or back when negative.
        case relative(Duration)

        /// The position meant, never before the start.
        public func position(from current: Duration) -> Duration {
            switch self {
            case .absolute(let time): max(.zero, time)
            case .relative(let change): max(.zero, current + change)
            }
        }
    }

    /// The longest time understood: a hundred hours.
    public static let limit = Duration.seconds(360_000)

    /// Reads what a person typed; nil when it is no time.
    public static func parse(_ text: String) -> Target? {
        var body = text.filter { !$0.isWhitespace }.lowercased()[...]
        let sign: Int?
        switch body.first {
        case "+": sign = 1
        case "-", "−", "–": sign = -1
        default: sign = nil
        }
        if sign != nil { body = body.dropFirst() }
        guard let milliseconds = body.contains(":") ? colons(body) : units(body) else { return nil }
        let time = Duration.milliseconds(milliseconds)
        guard time <= limit else { return nil }
        guard let sign else { return .absolute(time) }
        return .relative(time * sign)
    }

    /// `1:23`, `1:02:03`, `0:03.5`.
    private static func colons(_ text: Substring) -> Int64? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(parts.count), let seconds = number(parts[parts.count - 1]) else { return nil }
        guard seconds < 60_000 else { return nil }
        var total: Int64 = 0
        for (index, part) in parts.dropLast().enumerated() {
            guard let value = whole(part), index == 0 || value < 60 else { return nil }
            total = total * 60 + value
        }
        return total * 60_000 + seconds
    }

    /// `83`, `83.5`, `1h2m3s`, `2m`, `90sec`.
    private static func units(_ text: Substring) -> Int64? {
        guard !text.isEmpty else { return nil }
        if let seconds = number(text) { return seconds }
        var total: Int64 = 0
        var rest = text
        var lastUnit: Int64 = .max
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isNumber || $0 == "." }
            rest = rest.dropFirst(digits.count)
            let letters = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(letters.count)
            guard let value = number(digits), let unit = unitSeconds[String(letters)], unit < lastUnit else {
                return nil
            }
            lastUnit = unit
            total += value * unit
        }
        return total
    }

    private static let unitSeconds: [String: Int64] = [
        "h": 3600, "hr": 3600, "hour": 3600, "hours": 3600, "m": 60, "min": 60, "minute": 60, "minutes": 60, "s": 1,
        "sec": 1, "second": 1, "seconds": 1,
    ]

    private static func whole(_ text: Substring) -> Int64? {
        guard (1...6).contains(text.count), text.allSatisfy({ ("0"..."9").contains($0) }) else { return nil }
        return Int64(text)
    }

    /// Milliseconds from seconds with an optional fraction.
    private static func number(_ text: Substring) -> Int64? {
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first, let seconds = whole(first) else { return nil }
        guard parts.count == 2 else { return seconds * 1000 }
        let fraction = parts[1]
        guard (1...9).contains(fraction.count), fraction.allSatisfy({ ("0"..."9").contains($0) }) else { return nil }
        let padded = (fraction + "000").prefix(3)
        return seconds * 1000 + (Int64(padded) ?? 0)
    }
}
