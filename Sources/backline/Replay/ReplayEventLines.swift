import StarcraftReplay

/// Every event of a stream as a JSON line, with all its values under Blizzard's names.
enum ReplayEventLines {
    /// The lines of the stream “game”, “message” or “tracker”.
    static func text(_ replay: Replay, _ kind: String) throws(ReplayError) -> String {
        switch kind {
        case "game": try game(replay)
        case "message": try messages(replay)
        default: try tracker(replay)
        }
    }

    private static func game(_ replay: Replay) throws(ReplayError) -> String {
        let events = try replay.gameEvents()
        var reader = events.reader()
        var lines: [String] = []
        while let event = try reader.next() {
            let values = try events.values(of: event)
            lines.append(
                JSONLine.object([
                    ("loop", .integer(event.loop)), ("user", .integer(event.user)), ("id", .integer(event.number)),
                    ("event", .text(events.name(of: event))), ("values", json(values)),
                ]).line)
        }
        return lines.joined(separator: "\n")
    }

    private static func messages(_ replay: Replay) throws(ReplayError) -> String {
        let events = try replay.messageEvents()
        var reader = events.reader()
        var lines: [String] = []
        while let event = try reader.next() {
            let (name, values): (String, [(String, JSONLine)]) =
                switch event.message {
                case .chat(let recipient, let text):
                    ("Chat", [("recipient", .integer(Int(recipient.rawValue))), ("string", .text(text))])
                case .ping(let recipient, let x, let y):
                    (
                        "Ping",
                        [
                            ("recipient", .integer(Int(recipient.rawValue))),
                            ("point", .object([("x", .integer(Int(x))), ("y", .integer(Int(y)))])),
                        ]
                    )
                case .loading(let progress): ("LoadingProgress", [("progress", .integer(Int(progress)))])
                case .serverPing: ("ServerPing", [])
                case .reconnect(let status): ("ReconnectNotify", [("status", .integer(Int(status)))])
                }
            lines.append(
                JSONLine.object([
                    ("loop", .integer(event.loop)), ("user", .integer(event.user)), ("event", .text(name)),
                    ("values", .object(values)),
                ]).line)
        }
        return lines.joined(separator: "\n")
    }

    private static func tracker(_ replay: Replay) throws(ReplayError) -> String {
        guard let events = try replay.trackerEvents() else { return "" }
        var reader = events.reader()
        var lines: [String] = []
        while let event = try reader.next() {
            let (name, values) = TrackerLine.values(event.happening)
            lines.append(
                JSONLine.object([
                    ("loop", .integer(event.loop)), ("event", .text(name)), ("values", .object(values)),
                ]).line)
        }
        return lines.joined(separator: "\n")
    }

    private static func json(_ value: ReplayValue) -> JSONLine {
        switch value {
        case .nothing: .null
        case .number(let number): .integer(Int(number))
        case .flag(let flag): .flag(flag)
        case .bytes(let bytes): .text(String(decoding: bytes, as: UTF8.self))
        case .bits(let bits): .text(bits.map { $0 ? "1" : "0" }.joined())
        case .list(let values): .list(values.map(json))
        case .fields(let fields): .object(fields.map { ($0.name, json($0.value)) })
        }
    }
}
