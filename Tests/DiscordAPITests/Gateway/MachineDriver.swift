import DiscordModel
import TestSupport

@testable import DiscordAPI

/// Feeds a shard machine and keeps what it answered.
struct MachineDriver {
    typealias Action = ShardMachine.Action

    var machine: ShardMachine
    var now: Duration = .zero
    /// The actions of the last step.
    var last: [Action] = []

    init(
        seed: UInt64 = 1, session: GatewaySession? = nil, compression: GatewayCompression = .zstdStream,
        change: (inout GatewayConfiguration) -> Void = { _ in }
    ) {
        var configuration = GatewayConfiguration(token: "Bot secret", intents: [.guilds, .guildVoiceStates])
        configuration.compression = compression
        change(&configuration)
        machine = ShardMachine(
            shard: ShardID(3, of: 8), configuration: configuration, url: "wss://gateway.example", session: session,
            random: SeededRandom(seed: seed))
    }

    @discardableResult
    mutating func handle(_ event: ShardMachine.Event, after delay: Duration = .zero) -> [Action] {
        now += delay
        last = machine.handle(event, now: now)
        return last
    }

    /// Moves on to the next deadline.
    @discardableResult
    mutating func wake() -> [Action] {
        now = max(now, machine.deadline ?? now)
        return handle(.time)
    }

    /// From nothing to a connection that waits for hello.
    mutating func connect() {
        if case .stopped = machine.state { handle(.start) }
        if case .waiting = machine.state { wake() }
        if last.contains(.requestPermit) { handle(.permitGranted) }
        handle(.opened)
    }

    /// From nothing to a session.
    mutating func becomeReady(interval: Double = 41250) {
        connect()
        handle(.frame(.hello(heartbeatInterval: interval)))
        if machine.session == nil {
            handle(.frame(.dispatch(sequence: 1, event: .ready(Self.ready))))
        } else {
            handle(.frame(.dispatch(sequence: (machine.session?.sequence ?? 0) + 1, event: .resumed)))
        }
    }

    static let ready = Ready(
        user: User(id: 1), sessionID: "abc", resumeGatewayURL: "wss://resume.example",
        application: PartialApplication(id: 1))

    /// The payloads that the last step sends.
    var sent: [JSONValue] {
        last.compactMap { if case .send(let bytes) = $0 { try? JSON.parse(bytes) } else { nil } }
    }

    var sentOpcodes: [Int] { sent.compactMap { $0["op"]?.int } }

    /// The address that the last step opens.
    var opened: String? {
        last.compactMap { if case .open(let url) = $0 { url } else { nil } }.first
    }

    /// The code that the last step closes with.
    var closed: UInt16? {
        last.compactMap { if case .close(let code) = $0 { code } else { nil } }.first
    }
}
