import FoundationEssentials
import ServiceKit
import Store

/// Where the commands about the database find it.
struct StoreOptions {
    /// The database meant by `--database`, else by the settings.
    let location: StoreLocation

    /// What stands in the place of a database where nothing is to be kept.
    static let nothing = "none"

    /// Takes `--database` out of the words.
    init(_ arguments: inout ArgumentReader) throws {
        let settings = try SettingSource.process()
        let text = try arguments.option("--database") ?? ProgramSettings.database.value(in: settings)
        location = try Self.location(text, settings, Installation.find())
    }

    /// Reads what a person wrote about where a database is; the bare word `sqlite` is the file in the data folder.
    static func location(
        _ text: String, _ settings: SettingSource, _ installation: Installation
    ) throws -> StoreLocation {
        guard text != nothing else {
            throw StoreError.invalid("BACKLINE_DATABASE_URL is “none”; name a database with --database")
        }
        let chosen = try ProgramSettings.data.value(in: settings)
        let folder = chosen.isEmpty ? installation.data : chosen
        let location = try StoreLocation(text, standard: folder + "/backline.sqlite")
        if case .sqlite(let file) = location, file.path.hasPrefix(folder + "/") {
            do throws(FileFailure) {
                try SystemFiles().makeFolder(folder)
            } catch {
                throw StoreError.ioFailed("making the data folder, errno \(error.code)")
            }
        }
        return location
    }

    /// Opens a store, hands it to `body`, and closes it.
    static func with<Result: Sendable>(
        _ location: StoreLocation, _ body: (any DataStore) async throws -> Result
    ) async throws -> Result {
        let store = try await location.open()
        do {
            let result = try await body(store)
            await store.close()
            return result
        } catch {
            await store.close()
            throw error
        }
    }
}
