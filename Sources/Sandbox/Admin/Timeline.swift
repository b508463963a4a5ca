/// What happened in the sandbox and when, by its own clock, for tests and measurements; bounded.
struct Timeline: Sendable {
    /// One thing that happened.
    private struct Entry: Sendable {
        var number: Int
        var at: Double
        var what: String
        var details: [String: JSON]
    }

    private var entries: [Entry] = []
    private var next = 1
    /// Calls of each REST route since the start.
    private(set) var calls: [String: Int] = [:]
    private static let kept = 4096

    /// Notes that something happened `at` milliseconds after the start.
    mutating func note(_ what: String, at: Double, _ details: [String: JSON] = [:]) {
        entries.append(Entry(number: next, at: at, what: what, details: details))
        next += 1
        if entries.count > Self.kept + Self.kept / 4 { entries.removeFirst(entries.count - Self.kept) }
    }

    /// Notes a REST call and its status.
    mutating func noteCall(_ route: String, status: Int, at: Double) {
        calls[route, default: 0] += 1
        note("rest", at: at, ["route": .string(route), "status": .number(status)])
    }

    /// Everything kept after the entry of this number.
    func json(after number: Int) -> JSON {
        [
            "calls": .object(calls.mapValues { .number($0) }),
            "entries": .array(
                entries.drop { $0.number <= number }.map { entry in
                    var json = entry.details
                    json["number"] = .number(entry.number)
                    json["at_ms"] = .double(entry.at)
                    json["what"] = .string(entry.what)
                    return .object(json)
                }),
        ]
    }
}
