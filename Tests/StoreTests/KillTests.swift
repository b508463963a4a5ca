import FoundationEssentials
import ServiceKit
import TestSupport
import Testing

@testable import Store

/// A real process that is ended by SIGKILL, or whose power is cut, while it writes; what it said was acknowledged must
/// be there.
@Suite(.timeLimit(.minutes(5)), .serialized)
struct KillTests {
    /// Kills of each kind; BACKLINE_KILLS sets another number.
    private static let kills = Int(ProcessInfo.processInfo.environment["BACKLINE_KILLS"] ?? "") ?? 40

    /// Power cuts of each kind; BACKLINE_CUTS sets another number.
    private static let cuts = Int(ProcessInfo.processInfo.environment["BACKLINE_CUTS"] ?? "") ?? 40

    /// After so many a new journal begins: nothing is applied here, so each life reads all earlier ones.
    private static let livesOfAJournal = 10

    private static let powerCut = builtProgram("libPowerCut.so")
    private static let noPowerCut: Comment = "the library PowerCut was not built; use swift build --build-tests"

    /// Starts the writer and ends it after so many lines; the lines it told.
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
        bytes += try await Self.rest(of: child)
        #expect(await child.waitForExit() == .signal(9))
        return Self.lines(bytes)
    }

    /// Starts the writer, whose power goes at an operation that the seed says; the lines it told before.
    private static func acknowledgedUntilPowerCut(
        _ mode: String, _ path: String, run: Int, seed: Int, lies: Bool = false
    ) async throws -> [String] {
        let program = try #require(builtProgram("store-writer"))
        var random = SeededRandom(seed: UInt64(seed))
        var environment = ProcessInfo.processInfo.environment
        environment["LD_PRELOAD"] = Self.powerCut
        environment["POWER_CUT_AT"] = "\(Int.random(in: 1...400, using: &random))"
        environment["POWER_CUT_SEED"] = "\(random.next())"
        environment["POWER_CUT_LIES"] = lies ? "1" : nil
        let child = try ChildProcess.spawn(
            .init(executable: program, arguments: [mode, path, "\(run)"], environment: environment),
            logger: Logger("power-tests"))
        let bytes = try await Self.rest(of: child)
        #expect(await child.waitForExit() == .code(99))
        return Self.lines(bytes)
    }

    private static func rest(of child: ChildProcess) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while case let more = try await child.read(upTo: 65_536), !more.isEmpty { bytes += more }
        return bytes
    }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        let text = String(decoding: bytes, as: UTF8.self)
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }

    /// What of the acknowledged records the journal does not have; adds the new ones to `promised`.
    private static func lostRecords(
        _ path: String, _ lines: [String], _ promised: inout [UInt64: String]
    ) async throws -> Int {
        for line in lines {
            let parts = line.split(separator: " ")
            let sequence = try #require(UInt64(parts[0]))
            // No number was given twice, in this life or an earlier one.
            #expect(promised.updateValue(String(parts[1]), forKey: sequence) == nil)
        }
        var settings = JournalSettings(folder: path)
        settings.segmentBytes = 16 << 10
        let journal = try await Journal.open(settings)
        var found: [UInt64: String] = [:]
        for record in journal.pending(atMost: .max, bytes: .max) {
            found[record.sequence] = record.key
            #expect(record.payload == Array(record.key.utf8))
        }
        await journal.close()
        return promised.count { found[$0.key] != $0.value }
    }

    /// How many of the acknowledged rows of a run are missing; also looks the whole file over.
    private static func lostRows(_ path: String, _ lines: [String], run: Int) async throws -> Int {
        let last = lines.last?.split(separator: " ").first.flatMap { Int($0) } ?? -1
        let store = try await SQLiteStore(SQLiteSettings(path: path))
        try await Migrator(try BacklineSchema.plan()).migrate(store)
        let part = "\(run)"
        let row = try await store.rows("select count(*) as n from guild_settings where part = \(part)")[0]
        let count = try row.get("n", as: Int.self)
        let check = try await store.rows("pragma integrity_check")
        await store.close()
        // Rows are written by fives, each five in a transaction.
        guard check.first?.values == [.text("ok")], count.isMultiple(of: 5) else {
            throw StoreError.damaged("the file")
        }
        return max(0, last + 1 - count)
    }

    @Test
    func theJournalKeepsWhatItAcknowledged() async throws {
        var folder = try TemporaryFolder()
        var promised: [UInt64: String] = [:]
        for run in 0..<Self.kills {
            if run.isMultiple(of: Self.livesOfAJournal) { (folder, promised) = (try TemporaryFolder(), [:]) }
            let path = folder.file("journal")
            let lines = try await Self.acknowledgedUntilKilled("journal", path, run: run, lines: 1 + run * 7 % 60)
            #expect(try await Self.lostRecords(path, lines, &promised) == 0, "run \(run)")
        }
    }

    @Test
    func sqliteKeepsWhatItAcknowledged() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("store.sqlite")
        for run in 0..<max(1, Self.kills / 2) {
            let lines = try await Self.acknowledgedUntilKilled("sqlite", path, run: run, lines: 1 + run * 7 % 60)
            #expect(try await Self.lostRows(path, lines, run: run) == 0, "run \(run)")
        }
    }

    @Test(.enabled(if: powerCut != nil, noPowerCut))
    func theJournalKeepsWhatItAcknowledgedOverPowerCuts() async throws {
        var folder = try TemporaryFolder()
        var promised: [UInt64: String] = [:]
        for run in 0..<Self.cuts {
            if run.isMultiple(of: Self.livesOfAJournal) { (folder, promised) = (try TemporaryFolder(), [:]) }
            let path = folder.file("journal")
            let lines = try await Self.acknowledgedUntilPowerCut("journal", path, run: run, seed: run)
            #expect(try await Self.lostRecords(path, lines, &promised) == 0, "run \(run)")
        }
    }

    @Test(.enabled(if: powerCut != nil, noPowerCut))
    func sqliteKeepsWhatItAcknowledgedOverPowerCuts() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("store.sqlite")
        for run in 0..<Self.cuts {
            let lines = try await Self.acknowledgedUntilPowerCut("sqlite", path, run: run, seed: run)
            #expect(try await Self.lostRows(path, lines, run: run) == 0, "run \(run)")
        }
    }

    @Test(.enabled(if: powerCut != nil, noPowerCut), arguments: ["journal", "sqlite"])
    func theTestSeesADiskThatLies(_ mode: String) async throws {
        var losses = 0
        for run in 0..<8 {
            let folder = try TemporaryFolder()
            let path = folder.file("store")
            let lines = try await Self.acknowledgedUntilPowerCut(mode, path, run: run, seed: run, lies: true)
            var promised: [UInt64: String] = [:]
            do {
                let lost =
                    mode == "journal"
                    ? try await Self.lostRecords(path, lines, &promised)
                    : try await Self.lostRows(path, lines, run: run)
                losses += lost > 0 ? 1 : 0
            } catch {
                // A file that cannot be read any more.
                losses += 1
            }
        }
        #expect(losses >= 3)
    }
}
