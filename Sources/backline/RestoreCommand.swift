import ServiceKit
import Store

/// `backline restore`: puts a dump in the place of everything in the database, in one step.
enum RestoreCommand {
    static func run(_ arguments: ArgumentReader) async throws -> Int32 {
        var arguments = arguments
        let replaces = arguments.flag("--replace")
        let options = try StoreOptions(&arguments)
        guard let path = arguments.word() else { throw ArgumentReader.Failure.valueMissing(option: "restore") }
        try arguments.finish()
        let plan = try BacklineSchema.plan()
        let bar = TransferBar()
        let restored = try await StoreOptions.with(options.location) { store in
            if !replaces, try await Self.hasRows(store, plan) {
                throw StoreError.invalid(
                    "the database has rows already; back it up, then say --replace to put the dump in their place")
            }
            return try await Backup(plan).restore(path, to: store) { bar.show($0) }
        }
        bar.finish()
        print("Restored \(path) into \(options.location):\n\(restored.report)")
        return 0
    }

    /// Whether the database holds anything; one without tables does not.
    private static func hasRows(_ store: any DataStore, _ plan: MigrationPlan) async throws -> Bool {
        do throws(StoreError) {
            try await Migrator(plan).requireUpToDate(store)
        } catch {
            guard case .migration(.pending(let count)) = error, count == plan.migrations.count else { throw error }
            return false
        }
        return try await store.summaries(of: plan.tables).contains { $0.rows > 0 }
    }
}
