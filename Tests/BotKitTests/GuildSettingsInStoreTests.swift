import BotKit
import DiscordModel
import FoundationEssentials
import Store
import Testing

@Suite("Guild settings in a store")
struct GuildSettingsInStoreTests {
    struct Settings: Codable, Sendable, Equatable { var volume = 100 }

    /// Runs `body` with the path of a database that is gone afterwards.
    private static func withFile(_ body: (String) async throws -> Void) async throws {
        let folder = "/tmp/backline-settings-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder + "/store.sqlite")
    }

    private static func with(_ path: String, _ body: (any DataStore) async throws -> Void) async throws {
        let store = try await SQLiteStore(SQLiteSettings(path: path))
        try await Migrator(try BacklineSchema.plan()).migrate(store)
        try await body(store)
        await store.close()
    }

    @Test("A change is there after a start, for its part and guild alone")
    func kept() async throws {
        try await Self.withFile { path in
            // The largest id has its highest bit set.
            let guilds = [GuildID(1), GuildID(.max)]
            try await Self.with(path) { store in
                let settings = GuildSettingsInStore(store, part: "music", initial: Settings(), capacity: 1)
                for guild in guilds { #expect(try await settings.value(for: guild) == Settings()) }
                for guild in guilds { try await settings.update(guild) { $0.volume = 40 } }
                #expect(try await settings.value(for: guilds[0]).volume == 40)
                try await settings.update(guilds[0]) { $0.volume += 1 }
                #expect(try await settings.value(for: guilds[0]).volume == 41)
            }
            try await Self.with(path) { store in
                let settings = GuildSettingsInStore(store, part: "music", initial: Settings())
                #expect(try await settings.value(for: guilds[0]).volume == 41)
                #expect(try await settings.value(for: guilds[1]).volume == 40)
                let other = GuildSettingsInStore(store, part: "other", initial: Settings())
                #expect(try await other.value(for: guilds[0]) == Settings())
                try await settings.forget(guilds[1])
                #expect(try await settings.value(for: guilds[1]) == Settings())
                #expect(try await store.rows("select guild from guild_settings").count == 1)
            }
        }
    }

    @Test("Changes at once lose nothing")
    func together() async throws {
        try await Self.withFile { path in
            try await Self.with(path) { store in
                let settings = GuildSettingsInStore(store, part: "music", initial: Settings(volume: 0))
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<20 {
                        group.addTask { try await settings.update(GuildID(7)) { $0.volume += 1 } }
                        group.addTask { _ = try await settings.value(for: GuildID(7)) }
                    }
                    try await group.waitForAll()
                }
                #expect(try await settings.value(for: GuildID(7)).volume == 20)
            }
        }
    }

    @Test("Settings that cannot be read are the defaults")
    func unreadable() async throws {
        try await Self.withFile { path in
            try await Self.with(path) { store in
                try await store.write(
                    "insert into guild_settings (part, guild, value, changed_at) values ('music', 7, 'no json', 1)")
                let settings = GuildSettingsInStore(store, part: "music", initial: Settings())
                #expect(try await settings.value(for: GuildID(7)) == Settings())
                try await settings.update(GuildID(7)) { $0.volume = 3 }
                #expect(try await settings.value(for: GuildID(7)).volume == 3)
            }
        }
    }
}
