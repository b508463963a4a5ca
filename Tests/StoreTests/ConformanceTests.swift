import ServiceKit
import Store
import Synchronization
import Testing

/// What both databases must do alike.
@Suite(.timeLimit(.minutes(2)))
struct ConformanceTests {
    @Test(.enabled(if: PostgreSQLServer.isAvailable, StoreFixture.reason))
    func postgreSQLIsTested() async throws {
        try await StoreFixture.with(.postgres) { store in
            #expect(store.kind == .postgres)
            try await store.checkHealth()
        }
    }

    @Test(arguments: StoreFixture.kinds)
    func everyValueComesBackAsItWas(_ kind: StoreKind) async throws {
        try await StoreFixture.withTables(kind) { store in
            let blob = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let rows: [[StoreValue]] = [
                [.integer(.min), .text(""), .real(.infinity), .blob([]), .integer(.max)],
                [
                    .integer(-1), .text("naïve 🎵 ‘quote’ \"double\" \\ $1 ?1 %s"), .real(-0.1), .blob([0, 255, 0]),
                    .null,
                ],
                [.integer(0), .text("\u{1}\u{7F}\u{FFFF}"), .real(.leastNonzeroMagnitude), .null, .integer(0)],
                [.integer(.max), .text(String(repeating: "é", count: 70_000)), .null, .blob(blob), .integer(-7)],
            ]
            #expect(try await store.insert(rows, into: StoreFixture.songs) == 4)
            let found = try await store.rows("select id, title, score, cover, plays from songs order by id")
            #expect(found.map(\.values) == rows)
            for row in rows {
                let one = try await store.rows("select id, title, score, cover, plays from songs where id = \(row[0])")
                #expect(one.map(\.values) == [row])
                let byTitle = try await store.rows("select id from songs where title = \(row[1])")
                #expect(byTitle.map(\.values) == [[row[0]]])
            }
        }
    }

    @Test(arguments: StoreFixture.kinds)
    func hostileTextIsAValueAndNothingElse(_ kind: StoreKind) async throws {
        try await StoreFixture.withTables(kind) { store in
            let texts = [
                "'; drop table songs; --", "\" or 1=1 --", "$1", "?1", ":a", "\\'; delete from songs; --", "%00",
            ]
            for (index, text) in texts.enumerated() {
                try await store.write("insert into songs (id, title) values (\(index), \(text))")
            }
            for (index, text) in texts.enumerated() {
                let rows = try await store.rows("select id from songs where title = \(text)")
                #expect(try rows.map { try $0.get("id", as: Int.self) } == [index])
            }
            let count = try await store.rows("select count(*) as n from songs")
            #expect(try count[0].get("n", as: Int.self) == texts.count)
        }
    }

    @Test(arguments: StoreFixture.kinds)
    func whatOneDatabaseCannotKeepBothRefuse(_ kind: StoreKind) async throws {
        try await StoreFixture.withTables(kind) { store in
            await #expect(throws: StoreError.self) { try await store.rows("select \("a\u{0}b") as x") }
            await #expect(throws: StoreError.self) { try await store.rows("select \(Double.nan) as x") }
            await #expect(throws: StoreError.self) {
                try await store.insert([[.integer(1), .integer(2), .null, .null, .null]], into: StoreFixture.songs)
            }
            await #expect(throws: StoreError.self) {
                try await store.insert([[.integer(1), .null, .null, .null, .null]], into: StoreFixture.songs)
            }
            await #expect(throws: StoreError.self) { try await store.insert([[.integer(1)]], into: StoreFixture.songs) }
            await #expect(throws: StoreError.self) { try await store.rows("select 1; select 2") }
            await #expect(throws: StoreError.self) { try await store.rows("selec 1") }
            // None of it has harmed the connection.
            let rows = try await store.rows("select id from songs")
            #expect(rows.isEmpty)
        }
    }

    @Test(arguments: StoreFixture.kinds)
    func aTransactionHappensWhollyOrNotAtAll(_ kind: StoreKind) async throws {
        struct Stop: Error {}
        try await StoreFixture.withTables(kind) { store in
            await #expect(throws: Stop.self) {
                try await store.transaction { transaction in
                    _ = try await transaction.run("insert into songs (id, title) values (1, 'a')")
                    #expect(try await transaction.rows("select id from songs").count == 1)
                    throw Stop()
                }
            }
            #expect(try await store.rows("select id from songs").isEmpty)
            await #expect(throws: StoreError.self) {
                try await store.write([
                    "insert into songs (id, title) values (1, 'a')", "insert into songs (id, title) values (2, 'b')",
                    "insert into songs (id, title) values (1, 'c')", "insert into songs (id, title) values (3, 'd')",
                ])
            }
            #expect(try await store.rows("select id from songs").isEmpty)
            let counts = try await store.write([
                "insert into songs (id, title) values (1, 'a')", "insert into songs (id, title) values (2, 'b')",
                "update songs set plays = 1", "update songs set plays = 2 where id = 9",
                "delete from songs where id = 2",
            ])
            #expect(counts == [1, 1, 2, 0, 1])
            #expect(try await store.rows("select id from songs").count == 1)
        }
    }

    @Test(arguments: StoreFixture.kinds)
    func rulesOfTablesAreTold(_ kind: StoreKind) async throws {
        try await StoreFixture.withTables(kind) { store in
            try await store.write("insert into songs (id, title) values (1, 'secret title')")
            for query: Query in [
                "insert into songs (id, title) values (1, 'secret title')",
                "insert into songs (id, title) values (2, null)",
            ] {
                let error = await #expect(throws: StoreError.self) { try await store.write(query) }
                guard case .constraint(let words)? = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
                #expect(!words.contains("secret"))
                #expect(error?.isTransient == false)
            }
        }
    }

    @Test(arguments: StoreFixture.kinds, [1, 7, 2_500])
    func conflictsFollowTheRule(_ kind: StoreKind, _ count: Int) async throws {
        try await StoreFixture.withTables(kind) { store in
            let first = (0..<count).map { StoreFixture.song($0, "first") }
            let second = (0..<count).map { StoreFixture.song($0, "second") }
            #expect(try await store.insert(first, into: StoreFixture.songs) == count)
            await #expect(throws: StoreError.self) { try await store.insert(second, into: StoreFixture.songs) }
            #expect(try await store.insert(second, into: StoreFixture.songs, onConflict: .keep) == 0)
            #expect(try await Self.titles(store) == ["first": count])
            // The last of several with the same key counts.
            let twice = second + (0..<count).map { StoreFixture.song($0, "third") }
            try await store.insert(twice, into: StoreFixture.songs, onConflict: .replace)
            #expect(try await Self.titles(store) == ["third": count])
        }
    }

    @Test(arguments: StoreFixture.kinds)
    func readersSeeOnlyWhatWasKept(_ kind: StoreKind) async throws {
        try await StoreFixture.withTables(kind) { store in
            try await store.transaction { transaction in
                _ = try await transaction.run("insert into songs (id, title) values (1, 'a')")
                // A reader beside the open transaction neither waits for it nor sees its row.
                #expect(try await store.rows("select id from songs").isEmpty)
            }
            #expect(try await store.rows("select id from songs").count == 1)
        }
    }

    @Test(arguments: StoreFixture.kinds)
    func transactionsAtOnceLoseNoUpdate(_ kind: StoreKind) async throws {
        try await StoreFixture.withTables(kind) { store in
            try await store.insert([StoreFixture.song(1)], into: StoreFixture.songs)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        for _ in 0..<5 {
                            try await store.transaction { transaction in
                                let plays = try await transaction.rows("select plays from songs where id = 1")[0]
                                    .get("plays", as: Int.self)
                                _ = try await transaction.run("update songs set plays = \(plays + 1) where id = 1")
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let row = try await store.rows("select plays from songs")[0]
            #expect(try row.get("plays", as: Int.self) == 40)
        }
    }

    @Test(arguments: StoreFixture.kinds)
    func answersAreBounded(_ kind: StoreKind) async throws {
        try await StoreFixture.withTables(kind) { store in
            try await store.insert((0..<20).map { StoreFixture.song($0) }, into: StoreFixture.songs)
            #expect(try await store.rows("select id from songs", limit: 20).count == 20)
            await #expect(throws: StoreError.tooManyRows(limit: 19)) {
                try await store.rows("select id from songs", limit: 19)
            }
        }
    }

    @Test(arguments: StoreFixture.kinds)
    func rowsAreTyped(_ kind: StoreKind) async throws {
        struct Song: RowDecodable, Equatable {
            let id: Int
            let title: String
            let plays: Int?
            init(row: Row) throws(StoreError) {
                id = try row.get("id")
                title = try row.get("title")
                plays = try row.get("plays")
            }
        }
        try await StoreFixture.withTables(kind) { store in
            try await store.insert([StoreFixture.song(4, "x", plays: nil)], into: StoreFixture.songs)
            let songs = try await store.rows("select id, title, plays from songs", as: Song.self)
            #expect(songs.map(\.id) == [4] && songs[0].plays == nil)
            let row = try await store.rows(
                "select id, title, plays, sum(id) as total from songs group by id, title, plays")[0]
            #expect(try row.get("total", as: Int.self) == 4)
            #expect(throws: StoreError.self) { try row.get("title", as: Int.self) }
            #expect(throws: StoreError.self) { try row.get("plays", as: Int.self) }
            #expect(throws: StoreError.self) { try row.get("nothing", as: Int.self) }
        }
    }

    @Test(arguments: StoreFixture.kinds)
    func exportsAreOfOneMomentAndInOrder(_ kind: StoreKind) async throws {
        try await StoreFixture.withTables(kind) { store in
            let words = ["b", "a", "ä", "B", "aa", "", "Z", "é", "🎵"]
            try await store.insert(
                words.flatMap { word in [2, -1].map { [.text(word), .integer($0), .null] } }, into: StoreFixture.words)
            try await store.insert((0..<3_000).map { StoreFixture.song(3_000 - $0) }, into: StoreFixture.songs)
            let seen = Mutex<[String: [[StoreValue]]]>([:])
            try await store.export([StoreFixture.songs, StoreFixture.words]) { table, rows in
                // Written while the export runs: not part of its moment.
                try await store.insert(
                    [[.text("later"), .integer(Int64(rows.count) * 1_000), .null]], into: StoreFixture.words,
                    onConflict: .keep)
                seen.withLock { $0[table.name.name, default: []] += rows }
            }
            let ids = seen.withLock { $0["songs"] ?? [] }.map { $0[0] }
            #expect(ids == (1...3_000).map { .integer($0) })
            let order = seen.withLock { $0["words"] ?? [] }.compactMap { String(storeValue: $0[0]) }
            let expected = words.flatMap { [$0, $0] }.sorted {
                Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8))
            }
            #expect(order == expected)
        }
    }

    @Test(arguments: StoreFixture.kinds)
    func aCancelledTransactionLeavesNothing(_ kind: StoreKind) async throws {
        try await StoreFixture.withTables(kind) { store in
            let started = BoundedChannel<Bool>(capacity: 1)
            let task = Task {
                try await store.transaction { transaction in
                    _ = try await transaction.run("insert into songs (id, title) values (1, 'a')")
                    _ = await started.send(true)
                    try await SystemTime.shared.sleep(for: .seconds(3_600))
                }
            }
            _ = await started.next()
            task.cancel()
            await #expect(throws: (any Error).self) { try await task.value }
            #expect(try await store.rows("select id from songs").isEmpty)
            try await store.write("insert into songs (id, title) values (1, 'b')")
        }
    }

    @Test(arguments: StoreFixture.kinds)
    func aClosedStoreRefuses(_ kind: StoreKind) async throws {
        try await StoreFixture.with(kind) { store in
            await store.close()
            await #expect(throws: StoreError.closed) { try await store.rows("select 1") }
            await #expect(throws: StoreError.closed) { try await store.write("select 1") }
        }
    }

    private static func titles(_ store: any DataStore) async throws -> [String: Int] {
        var titles: [String: Int] = [:]
        for row in try await store.rows("select title, count(*) as n from songs group by title") {
            titles[try row.get("title")] = try row.get("n")
        }
        return titles
    }
}
