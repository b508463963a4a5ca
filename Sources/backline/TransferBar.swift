import Glibc
import Store
import Synchronization

/// Shows how far a transfer is: a bar on a terminal, else a line for each table.
final class TransferBar: Sendable {
    private struct State {
        var table = ""
        var step = TransferProgress.Step.copying
        var percent = -1
    }

    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let state = Mutex(State())
    private static let width = 30

    /// Shows a step of the way.
    func show(_ progress: TransferProgress) {
        let percent = progress.total == 0 ? 100 : progress.rows * 100 / progress.total
        let line = state.withLock { state -> String? in
            let isNew = state.table != progress.table || state.step != progress.step
            guard isNew || isTerminal && percent != state.percent else { return nil }
            state = State(table: progress.table, step: progress.step, percent: percent)
            let verb = progress.step == .copying ? "copying" : "comparing"
            guard isTerminal else { return "\(verb) \(progress.table)\n" }
            let done = Self.width * percent / 100
            let bar = String(repeating: "█", count: done) + String(repeating: "░", count: Self.width - done)
            // Erased to the end of the line: the names of tables differ in length.
            return
                "\r\(bar) \(percent) %  \(progress.rows) of \(progress.total) rows  \(verb) \(progress.table)\u{1B}[K"
        }
        if let line { Self.write(line) }
    }

    /// Ends the line of the bar.
    func finish() {
        if isTerminal, state.withLock({ $0.percent >= 0 }) { Self.write("\n") }
    }

    private static func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

extension [TableSummary] {
    /// A line for each table: rows and the beginning of the checksum.
    var report: String {
        let width = map(\.name.count).max() ?? 0
        return map { table in
            let name = table.name + String(repeating: " ", count: width - table.name.count)
            return "  \(name)  \(table.rows) rows, SHA-256 \(table.checksum.prefix(16))…"
        }.joined(separator: "\n")
    }
}
