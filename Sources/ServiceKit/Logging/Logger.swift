import FoundationEssentials
import Glibc
import Synchronization

/// How much an entry matters; entries below the process's level are not written.
public enum LogLevel: Int, Sendable, Comparable, CaseIterable {
    case debug, info, notice, warning, error

    /// The level's name in settings and in the log.
    public var name: String {
        switch self {
        case .debug: "debug"
        case .info: "info"
        case .notice: "notice"
        case .warning: "warning"
        case .error: "error"
        }
    }

    /// The level called `name`, in any case.
    public init?(name: String) {
        guard let level = LogLevel.allCases.first(where: { $0.name == name.lowercased() }) else { return nil }
        self = level
    }

    /// Orders levels by weight.
    public static func < (left: LogLevel, right: LogLevel) -> Bool { left.rawValue < right.rawValue }
}

/// A structured logger: one line per entry, `time level label message key=value …`, with secrets replaced by `***`.
///
/// Where the lines go and from which level on is one setting of the process (`LogOutput`), so that a library never
/// decides it.
public struct Logger: Sendable {
    private let label: String
    private let fields: [String: String]

    /// Makes a logger whose entries carry `label`, the name of the part of the program.
    public init(_ label: String) {
        self.init(label: label, fields: [:])
    }

    private init(label: String, fields: [String: String]) {
        self.label = label
        self.fields = fields
    }

    /// A logger that adds `fields` to each of its entries.
    public func with(_ fields: [String: String]) -> Logger {
        Logger(label: label, fields: self.fields.merging(fields) { _, new in new })
    }

    /// Replaces `secret` by `***` in every entry from now on; texts under six characters are left alone.
    public static func redact(_ secret: String) {
        LogOutput.shared.redact(secret)
    }

    /// Writes an entry for people who look for a fault.
    public func debug(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> [String: String] = [:]) {
        write(.debug, message, fields)
    }

    /// Writes an entry about an ordinary event.
    public func info(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> [String: String] = [:]) {
        write(.info, message, fields)
    }

    /// Writes an entry about a rare but healthy event.
    public func notice(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> [String: String] = [:]) {
        write(.notice, message, fields)
    }

    /// Writes an entry about something that went wrong and was mended.
    public func warning(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> [String: String] = [:]) {
        write(.warning, message, fields)
    }

    /// Writes an entry about something that went wrong and stayed wrong.
    public func error(_ message: @autoclosure () -> String, _ fields: @autoclosure () -> [String: String] = [:]) {
        write(.error, message, fields)
    }

    private func write(_ level: LogLevel, _ message: () -> String, _ more: () -> [String: String]) {
        guard LogOutput.shared.accepts(level) else { return }
        let all = fields.merging(more()) { _, new in new }
        LogOutput.shared.write(level: level, label: label, message: message(), fields: all)
    }
}

/// Where the process's log entries go: standard error unless told otherwise.
public final class LogOutput: Sendable {
    /// The one output of the process.
    public static let shared = LogOutput()

    private struct State {
        /// The longest first.
        var secrets: [String] = []
        /// The same, in the order they came.
        var byAge: [String] = []
        var sink: (@Sendable (String) -> Void)?
    }

    private let level = Atomic<Int>(LogLevel.info.rawValue)
    private let state = Mutex(State())

    /// Secrets shorter than this are not replaced: they would blot out ordinary words.
    private static let shortestSecret = 6
    /// Most secrets kept, so that a caller in a loop cannot fill the memory.
    private static let mostSecrets = 64
    /// Of those, the first ones that are never forgotten.
    private static let lastingSecrets = 16

    /// Writes entries of `level` and above only.
    public func setLevel(_ level: LogLevel) {
        self.level.store(level.rawValue, ordering: .relaxed)
    }

    /// Sends finished lines (without line feed) to `sink` instead of standard error; nil goes back to it.
    public func setSink(_ sink: (@Sendable (String) -> Void)?) {
        state.withLock { $0.sink = sink }
    }

    func accepts(_ level: LogLevel) -> Bool {
        level.rawValue >= self.level.load(ordering: .relaxed)
    }

    func redact(_ secret: String) {
        guard secret.utf8.count >= Self.shortestSecret else { return }
        state.withLock { state in
            guard !state.secrets.contains(secret) else { return }
            // The first are those of the configuration, needed for good; later ones are replaced by their successors.
            if state.secrets.count == Self.mostSecrets {
                let oldest = state.byAge.remove(at: Self.lastingSecrets)
                state.secrets.removeAll { $0 == oldest }
            }
            state.byAge.append(secret)
            // The longest first: a secret that holds another one goes as a whole.
            let place = state.secrets.firstIndex { $0.utf8.count < secret.utf8.count } ?? state.secrets.endIndex
            state.secrets.insert(secret, at: place)
        }
    }

    func write(level: LogLevel, label: String, message: String, fields: [String: String]) {
        var line = "\(Date.now.formatted(.iso8601)) \(level.name) \(label) \(Self.oneLine(message))"
        for (key, value) in fields.sorted(by: { $0.key < $1.key }) {
            line += " \(key)=\(Self.quoted(value))"
        }
        let finished = line
        state.withLock { state in
            var line = finished
            for secret in state.secrets where line.contains(secret) {
                line = line.replacing(secret, with: "***")
            }
            if let sink = state.sink {
                sink(line)
            } else {
                line += "\n"
                var bytes = Array(line.utf8)
                _ = unsafe bytes.withUnsafeMutableBytes { unsafe Glibc.write(2, $0.baseAddress, $0.count) }
            }
        }
    }

    /// Keeps one entry on one line and free of terminal control characters, whoever wrote the text.
    private static func oneLine(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else { return text }
        return String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7F ? " " : $0 }))
    }

    private static func quoted(_ value: String) -> String {
        let plain = oneLine(value)
        guard plain.isEmpty || plain.contains(where: { $0 == " " || $0 == "\"" || $0 == "=" }) else { return plain }
        return "\"\(plain.replacing("\"", with: "'"))\""
    }
}
