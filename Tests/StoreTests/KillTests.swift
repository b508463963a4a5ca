import FoundationEssentials
import ServiceKit
@testable import Store
import Testing

/// A real process that is ended by SIGKILL while it writes; what it said was acknowledged must be there.
@Suite(.timeLimit(.minutes(5)), .serialized)
struct KillTests {
    /// Kills of each kind; BACKLINE_KILLS sets another number.
    private static let kills = Int(ProcessInfo.processInfo.environment["BACKLINE_KILLS"] ?? "") ?? 40

    private static func acknowledgedUntilKilled(
        _ mode: String, _ path: String, run: Int, lines wanted: Int
    ) async throws -> [String] {
        let program = try #require(builtProgram("store-writer"), "build the tests with swift build --build-tests")
        let child = try ChildProcess.spawn(
            .init(executable: program, arguments: [mode, path, "\(run)"]), logger: Logger("kill-tests"))
        var bytes: [UInt8] = []
        while bytes.count(where: { $0 == 0x0A }) < wanted {
            let more = try await child.read(upTo: 4_096)
            try #require(!more.isEmpty, "the writer ended by itself")
            bytes += more
        }
        child.kill()
        while case let more = try await child.read(upTo: 65_536), !more.isEmpty { bytes += more }
        #expect(await child.waitForExit() == .signal(9))
        let text = String(decoding: bytes, as: UTF8.self)
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    @Test
    func theJournalKeepsWhatItAcknowledged() async throws {
        let folder = try TemporaryFolder()
        var promised: [UInt64: String] = [:]
        for run in 0..<Self.kills {
            let lines = try await Self.acknowledgedUntilKilled(
                "journal", folder.file("journal"), run: run, lines: 1 + run * 7 % 60)
            for line in lines {
                let parts = line.split(separator: " ")
                let sequence = try #require(UInt64(parts[0]))
                // No number was given twice, in this life or an earlier one.
                #expect(promised.updateValue(String(parts[1]), forKey: sequence) == nil)
            }
            var settings = JournalSettings(folder: folder.file("journal"))
            settings.segmentBytes = 16 << 10
            let journal = try await Journal.open(settings)
            var found: [UInt64: String] = [:]
            for record in journal.pending(atMost: .max, bytes: .max) {
                found[record.sequence] = record.key
                #expect(record.payload == Array(record.key.utf8))
            }
            #expect(promised.allSatisfy { found[$0.key] == $0.value }, "run \(run)")
            await journal.close()
        }
    }

    @Test
    func sqliteKeepsWhatItAcknowledged() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("store.sqlite")
        for run in 0..<max(1, Self.kills / 2) {
            let lines = try await Self.acknowledgedUntilKilled("sqlite", path, run: run, lines: 1 + run * 7 % 60)
            let last = try #require(lines.last?.split(separator: " ").first.flatMap { Int($0) })
            let store = try await SQLiteStore(SQLiteSettings(path: path))
            let part = "\(run)"
            let row = try await store.rows(
                "select count(*) as n, max(guild) as last from guild_settings where part = \(part)")[0]
            let count = try row.get("n", as: Int.self)
            #expect(count >= last + 1 && count.isMultiple(of: 5))
            #expect(try row.get("last", as: Int.self) == count - 1)
            #expect(try await store.rows("pragma integrity_check")[0].values == [.text("ok")])
            await store.close()
        }
    }
}
