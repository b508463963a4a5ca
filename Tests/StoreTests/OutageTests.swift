import Glibc
import ServiceKit
import Synchronization
import TestSupport
import Testing

@testable import Store

/// A real server that goes away, comes back, stands still and fills up.
@Suite(.timeLimit(.minutes(3)), .enabled(if: PostgreSQLServer.isAvailable, StoreFixture.reason), .serialized)
struct OutageTests {
    @Test
    func writersGoOnAfterARestart() async throws {
        let server = try await PostgreSQLServer()
        let store = try PostgreSQLStore(try PostgreSQLSettings(url: server.url()))
        try await Migrator(StoreFixture.plan).migrate(store)
        let folder = try TemporaryFolder()
        let journal = try await WriteBehindTests.journal(folder)
        try await WriteBehindTests.carry(journal, to: store) { _ in
            func append(_ numbers: Range<Int>) async throws {
                for number in numbers {
                    _ = try await journal.append(JournalEntry(kind: "add", key: "key", payload: [UInt8(number)]))
                }
            }
            try await append(0..<50)
            // Fast shutdown under the writers' hands, then none at all, then back.
            async let restarted: Void = server.restart()
            try await append(50..<100)
            try await restarted
            try await append(100..<110)
            await journal.drained()
            try await server.stop()
            try await append(110..<200)
            #expect(journal.statistics.pending > 0)
            try await server.start()
            await journal.drained()
        }
        #expect(try await WriteBehindTests.notes(store) == ["key": (0..<200).map { ",\($0)" }.joined()])
        await store.close()
    }

    @Test
    func aServerThatStandsStillHoldsNobodyUp() async throws {
        let server = try await PostgreSQLServer()
        let clock = ManualClock()
        var settings = try PostgreSQLSettings(url: server.url())
        settings.answerLimit = .seconds(20)
        settings.connections = 1
        let store = try PostgreSQLStore(settings, time: clock)
        try await Migrator(StoreFixture.plan).migrate(store)
        let sleepers = clock.sleeperCount
        let inside = BoundedChannel<Bool>(capacity: 1)
        let goOn = BoundedChannel<Bool>(capacity: 1)
        let write = Task {
            try await store.transaction { transaction in
                _ = try await transaction.run("insert into songs (id, title) values (1, 'a')")
                _ = await inside.send(true)
                _ = await goOn.next()
                _ = try await transaction.run("insert into songs (id, title) values (2, 'b')")
            }
        }
        _ = await inside.next()
        try server.signalAll(SIGSTOP)
        _ = await goOn.send(true)
        await clock.waitForSleepers(sleepers + 1)
        await clock.advance(by: .seconds(21))
        await #expect(throws: StoreError.timedOut(.seconds(20))) { try await write.value }
        try server.signalAll(SIGCONT)
        // The connection was given up with its transaction; a new one serves.
        #expect(try await store.rows("select id from songs").isEmpty)
        try await store.write("insert into songs (id, title) values (3, 'c')")
        await store.close()
    }

    @Test
    func aDeadConnectionIsReplacedBeforeItIsUsed() async throws {
        let server = try await PostgreSQLServer()
        let clock = ManualClock()
        var settings = try PostgreSQLSettings(url: server.url())
        settings.connections = 1
        let store = try PostgreSQLStore(settings, time: clock)
        try await store.checkHealth()
        try await server.restart()
        // Unused for longer than the limit: it is asked first, found dead, and replaced unseen.
        await clock.advance(by: .seconds(16))
        try await store.checkHealth()
        await store.close()
    }

    @Test
    func aFullDiskIsToldAndLeavesTheServerUsable() async throws {
        let disk = try SmallDisk(megabytes: 24)
        PostgreSQLServer.giveToServer(disk.path)
        let server = try await PostgreSQLServer()
        try await server.run("create tablespace small location '\(disk.path)'")
        try await server.run("create database small tablespace small")
        let store = try PostgreSQLStore(try PostgreSQLSettings(url: server.url("small")))
        try await Migrator(StoreFixture.plan).migrate(store)
        // Random bytes, which the server cannot make smaller.
        var random = SeededRandom(seed: 1)
        let blob = (0..<1 << 20).map { _ in UInt8.random(in: 0...255, using: &random) }
        var kept = 0
        await #expect(throws: StoreError.diskFull) {
            while kept < 64 {
                try await store.insert(
                    [[.integer(Int64(kept)), .text("x"), .null, .blob(blob), .null]], into: StoreFixture.songs)
                kept += 1
            }
        }
        let rows = try await store.rows("select count(*) as n from songs")[0]
        #expect(try rows.get("n", as: Int.self) == kept)
        try disk.grow(megabytes: 48)
        try await store.insert([StoreFixture.song(1_000)], into: StoreFixture.songs)
        await store.close()
        // The server writes into the small disk until it ends.
        try await server.stop()
    }

    @Test
    func sqliteTellsAFullDiskAndGoesOn() async throws {
        let disk = try SmallDisk(megabytes: 4)
        let store = try await SQLiteStore(SQLiteSettings(path: disk.path + "/store.sqlite"))
        try await Migrator(StoreFixture.plan).migrate(store)
        let blob = [UInt8](repeating: 7, count: 200_000)
        var kept = 0
        await #expect(throws: StoreError.diskFull) {
            while kept < 100 {
                try await store.insert(
                    [[.integer(Int64(kept)), .text("x"), .null, .blob(blob), .null]], into: StoreFixture.songs)
                kept += 1
            }
        }
        let rows = try await store.rows("select count(*) as n from songs")[0]
        #expect(kept > 0)
        #expect(try rows.get("n", as: Int.self) == kept)
        #expect(try await store.rows("pragma integrity_check")[0].values == [.text("ok")])
        try disk.grow(megabytes: 8)
        try await store.insert([StoreFixture.song(1_000)], into: StoreFixture.songs)
        await store.close()
    }

    @Test
    func whoIsAwayIsToldInWordsWithoutSecrets() async throws {
        let secret = "s3cret-pass"
        let settings = try PostgreSQLSettings(url: "postgres://someone:\(secret)@/none?host=%2Fnonexistent-place")
        let store = try PostgreSQLStore(settings)
        for _ in 0..<2 {
            let error = await #expect(throws: StoreError.self) { try await store.checkHealth() }
            let words = "\(String(describing: error)) \(String(reflecting: error))"
            for hidden in [secret, "someone", "nonexistent-place"] { #expect(!words.contains(hidden)) }
            #expect(error?.isTransient == true)
        }
        var shown = ""
        dump(settings, to: &shown)
        shown += "\(settings) \(StoreLocation.postgres(settings)) \(String(reflecting: settings))"
        #expect(!shown.contains(secret) && !shown.contains("someone"))
        await store.close()
        #expect(throws: StoreError.self) { try PostgreSQLSettings(url: "http://example.org") }
        #expect(throws: StoreError.self) { try StoreLocation("mysql://x", standard: "a") }
        let location = try StoreLocation("sqlite:/a/b", standard: "c")
        #expect(location.kind == .sqlite && "\(location)" == "SQLite (/a/b)")
    }
}
