public import DiscordModel
import Synchronization

/// Where the settings of each guild are kept: in a store, or in memory alone.
public protocol GuildSettings<Value>: Sendable {
    /// What is kept for one guild.
    associatedtype Value: Sendable
    /// The settings of a guild, or the defaults.
    func value(for guild: GuildID) async throws -> Value
    /// Changes the settings of a guild; when it returns, the change is kept.
    func update(_ guild: GuildID, _ change: @Sendable (inout Value) -> Void) async throws
    /// Drops what is kept for a guild that the bot has left.
    func forget(_ guild: GuildID) async throws
}

/// Guild settings that live as long as the process; at most `capacity` guilds, the longest unchanged goes first.
public final class GuildSettingsInMemory<Value: Sendable>: GuildSettings {
    private struct State {
        var values: [GuildID: Value] = [:]
        var order: [GuildID] = []
    }

    private let initial: Value
    private let capacity: Int
    private let state = Mutex(State())

    /// Settings that start from `initial` in each guild.
    public init(initial: Value, capacity: Int = 10_000) {
        self.initial = initial
        self.capacity = max(1, capacity)
    }

    /// The settings of a guild, or the defaults.
    public func value(for guild: GuildID) async -> Value {
        state.withLock { $0.values[guild] ?? initial }
    }

    /// Changes the settings of a guild.
    public func update(_ guild: GuildID, _ change: @Sendable (inout Value) -> Void) async {
        state.withLock { state in
            var value = state.values[guild] ?? initial
            change(&value)
            if state.values.updateValue(value, forKey: guild) != nil {
                state.order.removeAll { $0 == guild }
            } else if state.order.count >= capacity {
                state.values[state.order.removeFirst()] = nil
            }
            state.order.append(guild)
        }
    }

    /// Drops what is kept for a guild.
    public func forget(_ guild: GuildID) async {
        state.withLock { state in
            state.values[guild] = nil
            state.order.removeAll { $0 == guild }
        }
    }
}
