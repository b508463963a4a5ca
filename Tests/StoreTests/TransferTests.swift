import FoundationEssentials
import Synchronization
import Testing

@testable import Store

@Suite(.timeLimit(.minutes(2)))
struct TransferTests {
    private static func fill(_ store: any DataStore, rows: Int) async throws {
        var songs: [[StoreValue]] = []
        for number in 0..<rows {
            let score: StoreValue = number % 3 == 0 ? .null : .real(Double(number) / 7)
            let cover: StoreValue = number % 5 == 0 ? .null : .blob([UInt8(truncatingIfNeeded: number), 0, 255])
            songs.append([
                .integer(Int64(number) - 5), .text("title ' \(number) é🎵"), score, cover, .integer(Int64(number)),
            ])
        }
        try await store.insert(songs, into: StoreFixture.songs)
        try await store.insert(
            ["b", "a", "", "Ä", "ä", "z"].map { [.text($0), .integer(1), .text("note")] }, into: StoreFixture.words)
        try await store.insert(
            [[.text("music"), .integer(.max), .text("{\"volume\":80}"), .integer(1)]],
            into: BacklineSchema.guildSettings)
    }

    @Test(.enabled(if: PostgreSQLServer.isAvailable, StoreFixture.reason), arguments: [StoreKind.sqlite, .postgres])
    func everythingMovesAndIsVerified(_ kind: StoreKind) async throws {
        try await StoreFixture.withTables(kind) { source in
            try await Self.fill(source, rows: 4_321)
            try await StoreFixture.with(kind == .sqlite ? .postgres : .sqlite) { target in
                let seen = Mutex<[TransferProgress]>([])
                let moved = try await Move(StoreFixture.plan).run(from: source, to: target) { progress in
                    seen.withLock { $0.append(progress) }
                }
                #expect(moved.reduce(0) { $0 + $1.rows } == 4_328)
                let tables = StoreFixture.plan.tables
                #expect(try await source.summaries(of: tables) == moved)
                #expect(try await target.summaries(of: tables) == moved)
                let last = try #require(seen.withLock { $0.last })
                #expect(last.rows == 4_328 && last.total == 4_328 && last.step == .verifying)
                // A second time would mix two databases.
                await #expect(throws: StoreError.self) {
                    try await Move(StoreFixture.plan).run(from: source, to: target)
                }
                // One changed value is seen, whatever the counts say.
                try await target.write("update songs set plays = 0 where id = 77")
                await #expect(throws: StoreError.self) {
                    try await Move.verify(target, tables, moved) { _ in }
                }
            }
        }
    }

    @Test(arguments: StoreFixture.kinds, StoreFixture.kinds)
    func aBackupOfAStoreInUseIsRestored(_ from: StoreKind, _ to: StoreKind) async throws {
        let folder = try TemporaryFolder()
        let dump = folder.file("dump")
        try await StoreFixture.withTables(from) { source in
            try await Self.fill(source, rows: 2_500)
            let before = try await source.summaries(of: StoreFixture.plan.tables)
            // Written while the backup runs: a writer that never waits for it.
            let writer = Task {
                var number = 0
                while !Task.isCancelled {
                    number += 1
                    try await source.write("update guild_settings set changed_at = \(number) where part = 'none'")
                }
            }
            let written = try await Backup(StoreFixture.plan).write(source, to: dump)
            writer.cancel()
            _ = try? await writer.value
            #expect(written == before)
            #expect(try await Backup(StoreFixture.plan).check(dump) == before)
            try await StoreFixture.with(to) { target in
                #expect(try await Backup(StoreFixture.plan).restore(dump, to: target) == before)
                try await target.write("delete from songs where id < 100")
                try await target.write("insert into songs (id, title) values (99999, 'later')")
                // In the place of what is there, also while others read and write.
                _ = try await Backup(StoreFixture.plan).restore(dump, to: target)
                #expect(try await target.summaries(of: StoreFixture.plan.tables) == before)
            }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["dump"])
    }

    @Test
    func aDamagedDumpIsNeverTaken() async throws {
        let folder = try TemporaryFolder()
        try await StoreFixture.withTables(.sqlite) { store in
            try await store.insert(
                [StoreFixture.song(1, "one"), StoreFixture.song(2, "two")], into: StoreFixture.songs)
            let path = folder.file("dump")
            _ = try await Backup(StoreFixture.plan).write(store, to: path)
            let whole = Array(try Data(contentsOf: URL(filePath: path)))
            let damaged = folder.file("damaged")
            let before = try await store.summaries(of: StoreFixture.plan.tables)
            for place in stride(from: 0, to: whole.count, by: 3) {
                var bytes = whole
                bytes[place] ^= 1
                try Data(bytes).write(to: URL(filePath: damaged))
                await #expect(throws: StoreError.self, "byte \(place)") {
                    try await Backup(StoreFixture.plan).check(damaged)
                }
            }
            for length in stride(from: 0, to: whole.count, by: 7) {
                try Data(whole.prefix(length)).write(to: URL(filePath: damaged))
                await #expect(throws: StoreError.self, "length \(length)") {
                    try await Backup(StoreFixture.plan).restore(damaged, to: store)
                }
            }
            #expect(try await store.summaries(of: StoreFixture.plan.tables) == before)
        }
    }

    @Test
    func aDumpOfAnOlderVersionIsBroughtForward() async throws {
        let folder = try TemporaryFolder()
        let old = try MigrationPlan(Array(StoreFixture.plan.migrations.prefix(1)))
        try await StoreFixture.with(.sqlite) { store in
            try await Migrator(old).migrate(store)
            try await store.insert(
                [[.text("music"), .integer(1), .text("{}"), .integer(1)]], into: BacklineSchema.guildSettings)
            _ = try await Backup(old).write(store, to: folder.file("old"))
        }
        try await StoreFixture.with(.sqlite) { store in
            _ = try await Backup(StoreFixture.plan).restore(folder.file("old"), to: store)
            try await Migrator(StoreFixture.plan).requireUpToDate(store)
            #expect(try await store.rows("select guild from guild_settings").count == 1)
            // Into a database that is further on it does not fit.
            await #expect(throws: StoreError.self) {
                try await Backup(StoreFixture.plan).restore(folder.file("old"), to: store)
            }
        }
    }

    @Test
    func aRestoreNeverTakesAJournalBack() async throws {
        let folder = try TemporaryFolder()
        try await StoreFixture.withTables(.sqlite) { store in
            func position() async throws -> Int64 {
                try await store.rows("select applied from journal_watermarks")[0].get("applied")
            }
            try await store.insert([[.text("j"), .integer(5)]], into: BacklineSchema.watermarks)
            _ = try await Backup(StoreFixture.plan).write(store, to: folder.file("dump"))
            try await store.write("update journal_watermarks set applied = 9")
            _ = try await Backup(StoreFixture.plan).restore(folder.file("dump"), to: store)
            #expect(try await position() == 9)
            try await store.write("update journal_watermarks set applied = 2")
            _ = try await Backup(StoreFixture.plan).restore(folder.file("dump"), to: store)
            #expect(try await position() == 5)
        }
    }
}
