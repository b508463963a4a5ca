public import DiscordModel
public import Networking
public import ServiceKit
import Synchronization

/// Where a client learns the gateway's address, shard count and limits.
public enum GatewayInformation: Sendable {
    /// Known already.
    case known(GatewayBot)
    /// Asked at start, usually `GET /gateway/bot`; asked again with back-off while Discord is down.
    case asked(@Sendable () async throws(DiscordError) -> GatewayBot)
}

/// Any number of shards of one bot: their events, and what the bot tells the gateway.
public final class GatewayClient: Service {
    /// The name in logs and health reports.
    public let name = "gateway"
    /// Events of all shards, in order per shard; while it is full, Discord waits.
    public let events: BoundedChannel<ShardEvent>

    private let configuration: GatewayConfiguration
    private let information: GatewayInformation
    private let connector: any WebSocketConnector
    private let time: any TimeSource
    private let logger: Logger
    private let sessions: [Int: GatewaySession]
    private let shards = Mutex<[Int: Shard]>([:])

    /// A client that has not started; `sessions` by shard number are resumed instead of started anew.
    public init(
        configuration: GatewayConfiguration, information: GatewayInformation, connector: any WebSocketConnector,
        time: any TimeSource = SystemTime.shared, logger: Logger, eventCapacity: Int = 1024,
        sessions: [Int: GatewaySession] = [:]
    ) {
        self.configuration = configuration
        self.information = information
        self.connector = connector
        self.time = time
        self.logger = logger
        self.sessions = sessions
        events = BoundedChannel(capacity: eventCapacity)
        Logger.redact(configuration.bareToken)
    }

    /// How each shard does, by number.
    public var snapshots: [ShardSnapshot] {
        shards.withLock { $0.values.map(\.snapshot) }.sorted { $0.shard.number < $1.shard.number }
    }

    /// Runs all shards until cancelled; throws when Discord says that trying again is useless.
    public func run() async throws {
        defer {
            events.finish()
            shards.withLock { $0 = [:] }
        }
        let gateway = try await information()
        let count: Int
        let numbers: Range<Int>
        switch configuration.shards {
        case .automatic: (count, numbers) = (max(1, gateway.shards), 0..<max(1, gateway.shards))
        case .fixed(let range, let total): (count, numbers) = (max(1, total), range)
        }
        let gate = IdentifyGate(limit: gateway.sessionStartLimit, time: time, logger: logger)
        let running = numbers.map { number in
            Shard(
                id: ShardID(number, of: count), configuration: configuration, url: configuration.url ?? gateway.url,
                session: sessions[number], connector: connector, gate: gate, events: events, time: time,
                logger: logger)
        }
        shards.withLock { shards in
            for shard in running { shards[shard.id.number] = shard }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for shard in running { group.addTask { try await shard.run() } }
            // `waitForAll` would hear of a failure only when the other shards have ended too.
            while try await group.next() != nil {}
        }
    }

    /// Joins, moves in or leaves (nil) a voice channel (op 4).
    public func updateVoiceState(
        guild: GuildID, channel: ChannelID?, selfMute: Bool = false, selfDeaf: Bool = false
    ) async throws(DiscordError) {
        try await send(
            .voiceState(
                VoiceStateUpdateRequest(guildID: guild, channelID: channel, selfMute: selfMute, selfDeaf: selfDeaf)),
            guild: guild)
    }

    /// Changes how the bot is shown, on all shards (op 3).
    public func updatePresence(_ presence: PresenceUpdate) async throws(DiscordError) {
        let all = shards.withLock { Array($0.values) }
        guard !all.isEmpty else { throw .gateway(.notRunning) }
        for shard in all { try await shard.send(.presence(presence)) }
    }

    /// Asks for members; they come as `membersChunk` events (op 8).
    public func requestMembers(_ request: RequestGuildMembers) async throws(DiscordError) {
        try await send(.requestMembers(request), guild: request.guildID)
    }

    /// Sends a command on the shard that serves a guild.
    public func send(_ command: GatewayCommand, guild: GuildID) async throws(DiscordError) {
        let shard = shards.withLock { shards -> Shard? in
            guard let count = shards.values.first?.id.count else { return nil }
            return shards[Int((guild.rawValue >> 22) % UInt64(count))]
        }
        guard let shard else { throw .gateway(.notRunning) }
        try await shard.send(command)
    }

    private func information() async throws -> GatewayBot {
        switch information {
        case .known(let gateway): return gateway
        case .asked(let ask):
            var backoff = Backoff(base: .seconds(1), maximum: .seconds(60))
            var random = SystemRandomNumberGenerator()
            while true {
                do {
                    return try await ask()
                } catch DiscordError.tokenRejected {
                    throw DiscordError.gateway(.closed(.authenticationFailed))
                } catch DiscordError.refused(let refusal) where refusal.status == 401 {
                    throw DiscordError.gateway(.closed(.authenticationFailed))
                } catch {
                    try Task.checkCancellation()
                    logger.warning("Discord did not name its gateway; asking again", ["reason": "\(error)"])
                    try await time.sleep(for: backoff.next(using: &random))
                }
            }
        }
    }
}
