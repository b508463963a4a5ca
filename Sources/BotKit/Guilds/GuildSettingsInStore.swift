public import DiscordModel
internal import FoundationEssentials
internal import ServiceKit
public import Store
internal import Synchronization

/// Guild settings that are on disk when a change returns; those asked for lately are kept in memory too.
///
/// A guild belongs to one process (its shard's), so nobody else changes what is kept here.
public final class GuildSettingsInStore<Value: Codable & Sendable>: GuildSettings {
    private struct State {
        var values: [GuildID: Value] = [:]
        var order: [GuildID] = []
        /// Grows with each change, so that a value read before it is not remembered after it.
        var changes = 0
    }

    private let store: any DataStore
    private let part: String
    private let initial: Value
    private let capacity: Int
    private let state = Mutex(State())
    private let logger = Logger("settings")

    /// Settings of the part of the program called `part`, which start from `initial` in each guild.
    public init(_ store: any DataStore, part: String, initial: Value, capacity: Int = 10_000) {
        self.store = store
        self.part = part
        self.initial = initial
        self.capacity = max(1, capacity)
    }

    /// The settings of a guild, or the defaults.
    public func value(for guild: GuildID) async throws -> Value {
        let (known, changes) = state.withLock { ($0.values[guild], $0.changes) }
        if let known { return known }
        let rows = try await store.rows(query(guild))
        let value = read(rows) ?? initial
        state.withLock { state in
            guard state.changes == changes, state.values.updateValue(value, forKey: guild) == nil else { return }
            state.order.append(guild)
            if state.order.count > capacity { state.values[state.order.removeFirst()] = nil }
        }
        return value
    }

    /// Changes the settings of a guild; when it returns, the change is on disk.
    public func update(_ guild: GuildID, _ change: @Sendable (inout Value) -> Void) async throws {
        drop(guild)
        defer { drop(guild) }
        try await store.transaction { transaction in
            var value = self.read(try await transaction.rows(self.query(guild))) ?? self.initial
            change(&value)
            let text = String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
            let row = [
                self.part.storeValue, Self.key(guild).storeValue, text.storeValue,
                (TimeOfDay.microseconds / 1_000_000).storeValue,
            ]
            _ = try await transaction.insert([row], into: BacklineSchema.guildSettings, onConflict: .replace)
        }
    }

    /// Drops what is kept for a guild.
    public func forget(_ guild: GuildID) async throws {
        drop(guild)
        defer { drop(guild) }
        try await store.write("delete from guild_settings where part = \(part) and guild = \(Self.key(guild))")
    }

    private func query(_ guild: GuildID) -> Query {
        "select value from guild_settings where part = \(part) and guild = \(Self.key(guild))"
    }

    /// Settings of an older or newer version that cannot be read are as good as none; they must not silence the bot.
    private func read(_ rows: [Row]) -> Value? {
        guard let row = rows.first else { return nil }
        do {
            let text: String = try row.get("value")
            return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
        } catch {
            logger.warning("settings that cannot be read are replaced by the defaults", ["part": part])
            return nil
        }
    }

    private func drop(_ guild: GuildID) {
        state.withLock { state in
            state.changes += 1
            if state.values.removeValue(forKey: guild) != nil { state.order.removeAll { $0 == guild } }
        }
    }

    /// Databases know no unsigned numbers; an id keeps its bits.
    private static func key(_ guild: GuildID) -> Int64 { Int64(bitPattern: guild.rawValue) }
}
