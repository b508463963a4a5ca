import Glibc
import StarcraftReplay

/// Prints what replays say: lines as they come, or a table.
struct ReplayOutput {
    /// One file.
    struct Entry: Sendable {
        var found: ReplayFactsJSON.Findings
        /// The line for programs; `nil` for people.
        var line: String?
    }

    /// Whether a file was broken.
    private(set) var hasErrors = false
    private let options: ReplayCommand.Options
    private var rows: [[String]] = [["file", "version", "end (UTC)", "length", "map", "mode", "players"]]
    private static let tableEvery = 200

    init(_ options: ReplayCommand.Options) { self.options = options }

    /// Prints a file, or keeps it for the table.
    mutating func add(_ entry: Entry) {
        if entry.found.error != nil { hasErrors = true }
        if let line = entry.line {
            ReplayOutput.write(line + "\n", to: STDOUT_FILENO)
        } else if options.full || options.buildOrder {
            ReplayOutput.write(ReplayPage.text(entry.found, options) + "\n", to: STDOUT_FILENO)
        } else {
            rows.append(ReplayPage.row(entry.found))
            if rows.count > ReplayOutput.tableEvery { finish() }
        }
    }

    /// Prints the table.
    mutating func finish() {
        guard rows.count > 1 else { return }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: max(0, $1 - $0.count)) }
            var line = cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            ReplayOutput.write(line + "\n", to: STDOUT_FILENO)
        }
        rows.removeLast(rows.count - 1)
    }

    /// Writes all of a text, or as much as the reader takes.
    static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return }
            bytes = bytes.dropFirst(written)
        }
    }
}
