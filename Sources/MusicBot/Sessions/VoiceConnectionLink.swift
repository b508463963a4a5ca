public import DiscordModel
public import DiscordVoice
public import MusicEngine
public import ServiceKit

/// A voice connection with the player's output in front of its sender.
public final class VoiceConnectionLink: VoiceLink {
    /// Where the player's frames go.
    public let output: any PlayerOutput
    /// What happens to the connection.
    public let events = BoundedChannel<VoiceLinkEvent>(capacity: 64)

    /// The channel it is in or on its way to.
    public var channel: ChannelID? { connection.status.channel }

    /// How the connection does.
    public var report: VoiceLinkReport {
        VoiceLinkReport(
            statistics: connection.statistics, encryption: connection.endToEndEncryption, endpoint: connection.endpoint)
    }

    private let connection: VoiceConnection

    /// Puts an output in front of a connection that is in no channel yet.
    public init(_ connection: VoiceConnection) {
        let output = VoiceOutput { connection.wake() }
        connection.setSource(output.ring)
        self.connection = connection
        self.output = output
    }

    /// Works until cancelled, then leaves the channel.
    public func run() async {
        connection.events.onChange { [connection, events] in
            while let event = connection.events.tryNext() { events.trySend(VoiceLinkEvent(event)) }
            if connection.events.isFinished { events.finish() }
        }
        await connection.run()
    }

    /// Joins or moves to a channel; returns when audio can flow.
    public func connect(to channel: ChannelID) async throws(VoiceLinkFailure) {
        do {
            try await connection.connect(to: channel)
        } catch {
            throw VoiceLinkFailure(error.description)
        }
    }

    /// Leaves the channel.
    public func disconnect() async { await connection.disconnect() }

    /// Passes the bot's own voice state on.
    public func receive(_ state: VoiceState) { connection.receive(state) }

    /// Passes the address of the voice server on.
    public func receive(_ server: VoiceServerUpdate) { connection.receive(server) }
}

extension VoiceLinkEvent {
    fileprivate init(_ event: VoiceEvent) {
        switch event {
        case .connected(let channel): self = .connected(channel)
        case .moved(let channel): self = .moved(channel)
        case .interrupted: self = .interrupted
        case .recovered: self = .recovered
        case .disconnected(let sentence): self = .disconnected(sentence)
        }
    }
}
