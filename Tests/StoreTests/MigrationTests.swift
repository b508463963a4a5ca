import Store
import Testing

@Suite(.timeLimit(.minutes(2)))
struct MigrationTests {
    private static let first = Migration(1, "one", [.createTable(StoreFixture.songs)])
    private static let second = Migration(
        2, "two",
        [
            .addColumn(table: "songs", Column("mood", .text, optional: true)),
            .createIndex(name: "songs_title", table: "songs", columns: ["title"], unique: false),
            .run("update songs set mood = \("calm")"),
        ])

    @Test(arguments: StoreFixture.kinds)
    func stepsAreAppliedOnceAndInOrder(_ kind: StoreKind) async throws {
        try await StoreFixture.with(kind) { store in
            let one = Migrator(try MigrationPlan([Self.first]))
            await #expect(throws: StoreError.migration(.pending(count: 1))) { try await one.requireUpToDate(store) }
            #expect(try await one.migrate(store).map(\.version) == [1])
            #expect(try await one.migrate(store).isEmpty)
            try await store.insert([StoreFixture.song(1)], into: StoreFixture.songs)
            let plan = try MigrationPlan([Self.first, Self.second])
            #expect(plan.tables[0].columns.map(\.name).last == "mood")
            #expect(try await Migrator(plan).migrate(store).map(\.version) == [2])
            let row = try await store.rows("select mood from songs")[0]
            #expect(try row.get("mood", as: String.self) == "calm")
            try await Migrator(plan).requireUpToDate(store)
            await #expect(throws: StoreError.migration(.newerDatabase(version: 2, known: 1))) {
                try await one.migrate(store)
            }
        }
    }

    @Test(arguments: StoreFixture.kinds)
    func aChangedStepIsRefused(_ kind: StoreKind) async throws {
        try await StoreFixture.with(kind) { store in
            try await Migrator(try MigrationPlan([Self.first])).migrate(store)
            let other = Migration(1, "one", [.createTable(StoreFixture.words)])
            await #expect(throws: StoreError.migration(.changed(version: 1, name: "one"))) {
                try await Migrator(try MigrationPlan([other])).migrate(store)
            }
        }
    }

    @Test(arguments: StoreFixture.kinds)
    func aGapIsRefused(_ kind: StoreKind) async throws {
        try await StoreFixture.with(kind) { store in
            let plan = try MigrationPlan([Self.first, Self.second])
            try await Migrator(plan).migrate(store)
            try await store.write("delete from backline_migrations where version = 1")
            await #expect(throws: StoreError.migration(.gap(version: 1))) { try await Migrator(plan).migrate(store) }
        }
    }

    @Test(arguments: StoreFixture.kinds)
    func aStepThatFailsLeavesNothing(_ kind: StoreKind) async throws {
        try await StoreFixture.with(kind) { store in
            let broken = Migration(2, "broken", [.createTable(StoreFixture.words), .run("update nothing set a = 1")])
            await #expect(throws: StoreError.self) {
                try await Migrator(try MigrationPlan([Self.first, broken])).migrate(store)
            }
            await #expect(throws: StoreError.self) { try await store.rows("select * from words") }
            await #expect(throws: StoreError.self) { try await store.rows("select * from songs") }
            let plan = try MigrationPlan([Self.first])
            #expect(try await Migrator(plan).migrate(store).count == 1)
        }
    }

    @Test(arguments: StoreFixture.kinds)
    func ofManyAtOnceOneMigrates(_ kind: StoreKind) async throws {
        let folder = try TemporaryFolder()
        let address =
            kind == .sqlite
            ? folder.file("a.sqlite") : try await PostgreSQLServer.shared().makeDatabase()
        let plan = try MigrationPlan([Self.first, Self.second])
        let applied = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    // Each with connections of its own, as so many processes would have.
                    let store = try await StoreLocation(address, standard: "").open()
                    let count = try await Migrator(plan).migrate(store).count
                    await store.close()
                    return count
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(applied.sorted() == [0, 0, 0, 2])
    }

    @Test
    func aPlanIsInOrder() throws {
        #expect(throws: StoreError.migration(.notInOrder(version: 3))) {
            try MigrationPlan([Self.first, Migration(3, "three", [])])
        }
        #expect(throws: StoreError.self) {
            try MigrationPlan([Self.first, Migration(2, "again", [.createTable(StoreFixture.songs)])])
        }
        #expect(throws: StoreError.self) {
            try MigrationPlan([Migration(1, "a", [.addColumn(table: "none", Column("x", .text, optional: true))])])
        }
        // What was released stays: a changed checksum here would lock out every database there is.
        let released = BacklineSchema.migrations[0]
        #expect(released.checksum == "70161040e4186ffb168fe09678159ac41bd7c2364009e1733da148d288c3f56d")
    }
}
