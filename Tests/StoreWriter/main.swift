import Glibc
import ServiceKit
import Store

// Writes rows and tells each on standard output once it is acknowledged; the tests end it by SIGKILL.
// store-writer journal FOLDER RUN | store-writer sqlite FILE RUN

/// Writes a line with one system call, so that a kill leaves whole lines only.
func tell(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = unsafe bytes.withUnsafeBytes { unsafe write(STDOUT_FILENO, $0.baseAddress, $0.count) }
}

let words = CommandLine.arguments
guard words.count == 4, let run = Int(words[3]) else { exit(2) }
if words[1] == "journal" {
    var settings = JournalSettings(folder: words[2])
    settings.segmentBytes = 16 << 10
    let journal = try await Journal.open(settings)
    await withTaskGroup(of: Void.self) { group in
        for task in 0..<8 {
            group.addTask {
                var number = 0
                while true {
                    let key = "\(run)-\(task)-\(number)"
                    guard
                        let sequence = try? await journal.append(
                            JournalEntry(kind: "row", key: key, payload: Array(key.utf8)))
                    else { return }
                    tell("\(sequence) \(key)")
                    number += 1
                }
            }
        }
    }
} else {
    let store = try await SQLiteStore(SQLiteSettings(path: words[2]))
    try await Migrator(try BacklineSchema.plan()).migrate(store)
    var number = 0
    while true {
        let rows = (0..<5).map {
            [StoreValue.text("\(run)"), .integer(Int64(number * 5 + $0)), .text("x"), .integer(1)]
        }
        try await store.insert(rows, into: BacklineSchema.guildSettings)
        tell("\(number * 5 + 4) \(run)")
        number += 1
    }
}
