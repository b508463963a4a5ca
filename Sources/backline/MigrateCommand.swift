import ServiceKit
import Store

/// `backline migrate`: brings the database to this program's form, or moves everything into another one.
enum MigrateCommand {
    static func run(_ arguments: ArgumentReader) async throws -> Int32 {
        var arguments = arguments
        let from = try arguments.option("--from")
        let to = try arguments.option("--to")
        guard from != nil || to != nil else {
            let options = try StoreOptions(&arguments)
            try arguments.finish()
            return try await migrate(options.location)
        }
        guard let from, let to else {
            throw ArgumentReader.Failure.valueMissing(option: from == nil ? "--from" : "--to")
        }
        try arguments.finish()
        return try await move(from, to)
    }

    private static func migrate(_ location: StoreLocation) async throws -> Int32 {
        let applied = try await StoreOptions.with(location) { store in
            try await Migrator(try BacklineSchema.plan()).migrate(store)
        }
        for migration in applied { print("applied \(migration.version): \(migration.name)") }
        print("\(location) is at version \(BacklineSchema.migrations.count).")
        return 0
    }

    private static func move(_ from: String, _ to: String) async throws -> Int32 {
        let settings = try SettingSource.process()
        // The bare word means the configured server: its address, with the password, then stands in no command line.
        func text(_ word: String) throws -> String {
            word == "postgres" || word == "postgresql" ? try ProgramSettings.database.value(in: settings) : word
        }
        let installation = Installation.find()
        let source = try StoreOptions.location(try text(from), settings, installation)
        let target = try StoreOptions.location(try text(to), settings, installation)
        let bar = TransferBar()
        let moved = try await StoreOptions.with(source) { source in
            try await StoreOptions.with(target) { target in
                try await Move(try BacklineSchema.plan()).run(from: source, to: target) { bar.show($0) }
            }
        }
        bar.finish()
        print("Moved from \(source) to \(target); counts and checksums of both are the same:\n\(moved.report)")
        print("Now set BACKLINE_DATABASE_URL to the new database and start the bot.")
        return 0
    }
}
