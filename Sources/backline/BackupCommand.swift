import ServiceKit
import Store

/// `backline backup`: writes a dump of the database while the bot runs, or checks one.
enum BackupCommand {
    static func run(_ arguments: ArgumentReader) async throws -> Int32 {
        var arguments = arguments
        let checksOnly = arguments.flag("--check")
        let options = try StoreOptions(&arguments)
        guard let path = arguments.word() else { throw ArgumentReader.Failure.valueMissing(option: "backup") }
        try arguments.finish()
        let backup = Backup(try BacklineSchema.plan())
        if checksOnly {
            print("\(path) is whole:\n\(try await backup.check(path).report)")
            return 0
        }
        let bar = TransferBar()
        let written = try await StoreOptions.with(options.location) { store in
            try await Migrator(try BacklineSchema.plan()).requireUpToDate(store)
            return try await backup.write(store, to: path) { bar.show($0) }
        }
        bar.finish()
        print("Wrote \(path):\n\(written.report)")
        return 0
    }
}
