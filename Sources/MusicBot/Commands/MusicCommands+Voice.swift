import BotKit
import DiscordModel

extension MusicCommands {
    /// `/join`: comes into the person's channel, or the one named.
    func join(_ invocation: Invocation) async throws {
        let (guild, user) = try caller(invocation)
        let channel: ChannelID
        if let named = invocation.options.channel("channel") {
            channel = named
        } else {
            channel = try access.channel(of: user, in: guild)
        }
        try access.checkBot(in: channel, of: guild)
        if let session = sessions.current(guild), session.channel != channel {
            try access.checkControl(of: session, by: user)
        }
        let name = ["channel": "<#\(channel)>"]
        switch try await enter(channel, invocation).outcome {
        case .joined: try await invocation.reply(Phrases.joined, name)
        case .moved: try await invocation.reply(Phrases.moved, name)
        case .alreadyThere: try await invocation.reply(Phrases.alreadyThere, name, ephemeral: true)
        }
    }

    /// `/leave`: goes, and forgets the queue.
    func leave(_ invocation: Invocation) async throws {
        let (guild, user) = try caller(invocation)
        guard let session = sessions.current(guild) else { throw UserFacingError(Phrases.notConnected) }
        try access.checkControl(of: session, by: user)
        let channel = session.channel
        session.end(.left)
        guard let channel else { return _ = try await invocation.reply(Phrases.stopped) }
        try await invocation.reply(Phrases.left, ["channel": "<#\(channel)>"])
    }
}
