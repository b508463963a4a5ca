import DiscordAPI
public import DiscordModel

/// Steps from a stage's audience to its speakers.
public protocol StageSpeaking: Sendable {
    /// Makes the bot a speaker of the stage it is in; throws when it lacks the permission Mute Members there.
    func speak(on stage: ChannelID, of guild: GuildID) async throws
}

extension BotEndpoints: StageSpeaking {
    /// Makes the bot a speaker of the stage it is in.
    public func speak(on stage: ChannelID, of guild: GuildID) async throws {
        try await rest.setSpeaking(true, on: stage, of: guild)
    }
}
