/// How a shard does, for health reports.
public struct ShardSnapshot: Sendable, Hashable {
    /// What a shard is doing.
    public enum State: String, Sendable, Hashable {
        /// Not started, ended or failed.
        case stopped
        /// Waiting to connect again.
        case waiting
        /// Connecting, or waiting for its turn to.
        case connecting
        /// In a session.
        case ready
    }

    /// The shard.
    public var shard: ShardID
    /// What it is doing.
    public var state: State
    /// Time from the last heartbeat to its answer.
    public var latency: Duration?
    /// Sequence number of the last event.
    public var sequence: Int?
    /// Connections lost or left since the start.
    public var reconnects: Int
    /// What can be resumed elsewhere.
    public var session: GatewaySession?
}

extension ShardMachine {
    /// How the shard does.
    public var snapshot: ShardSnapshot {
        let state: ShardSnapshot.State =
            switch state {
            case .stopped: .stopped
            case .waiting: .waiting
            case .awaitingPermit, .connecting, .awaitingHello, .identifying, .resuming: .connecting
            case .ready: .ready
            }
        return ShardSnapshot(
            shard: shard, state: state, latency: latency, sequence: session?.sequence, reconnects: reconnects,
            session: session)
    }
}
