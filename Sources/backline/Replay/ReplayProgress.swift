import Glibc

/// A bar on the terminal while many files are read; nothing when nobody looks.
struct ReplayProgress {
    private let total: Int
    private let isShown: Bool
    private var isVisible = false
    private static let width = 30

    init(total: Int) {
        self.total = total
        isShown = total > 8 && isatty(STDERR_FILENO) == 1
    }

    /// Shows how many are done.
    mutating func show(_ done: Int) {
        guard isShown, done < total else { return }
        let filled = done * ReplayProgress.width / total
        let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: ReplayProgress.width - filled)
        ReplayOutput.write("\r\(bar) \(done) of \(total)", to: STDERR_FILENO)
        isVisible = true
    }

    /// Takes the bar away, to print something.
    mutating func hide() {
        guard isVisible else { return }
        ReplayOutput.write("\r\u{1B}[K", to: STDERR_FILENO)
        isVisible = false
    }
}
