import BotKit
import DiscordAPI
import DiscordModel

/// The rules about who may call the bot where, as sentences when they are broken.
struct VoiceAccess: Sendable {
    let guilds: GuildCache

    /// The voice channel a person sits in; they must be in one to call the bot.
    func channel(of user: UserID, in guild: GuildID) throws(UserFacingError) -> ChannelID {
        guard guilds.guild(guild) != nil else { throw UserFacingError(Phrases.unknownGuild) }
        guard let channel = guilds.voiceChannel(of: user, in: guild) else {
            throw UserFacingError(Phrases.joinFirst)
        }
        return channel
    }

    /// Whether the bot can play in a channel: known, a voice channel, with the permissions and a free place.
    func checkBot(in channel: ChannelID, of guild: GuildID) throws(UserFacingError) {
        guard guilds.guild(guild) != nil, let me = guilds.me else { throw UserFacingError(Phrases.unknownGuild) }
        let name = ["channel": "<#\(channel)>"]
        guard let facts = guilds.channel(channel, in: guild), facts.type.isVoice else {
            throw UserFacingError(Phrases.notAVoiceChannel, name)
        }
        // Without its own member the bot does not know its roles: Discord will say no if it must.
        guard let permissions = guilds.ownPermissions(in: channel, of: guild) else { return }
        guard Permissions([.viewChannel, .connect]).missing(from: permissions).isEmpty else {
            throw UserFacingError(Phrases.cannotConnect, name)
        }
        guard Permissions.speak.missing(from: permissions).isEmpty else {
            throw UserFacingError(Phrases.cannotSpeak, name)
        }
        let mayPress = permissions.contains(.moveMembers) || permissions.contains(.administrator)
        if guilds.voiceChannel(of: me, in: guild) != channel, guilds.isFull(channel, of: guild), !mayPress {
            throw UserFacingError(Phrases.channelFull, name)
        }
    }

    /// Whether a person may control the music: whoever listens may; anybody may while nobody listens.
    func checkControl(of session: GuildSession, by user: UserID) throws(UserFacingError) {
        guard let channel = session.channel, !session.isAlone else { return }
        guard guilds.voiceChannel(of: user, in: session.guild) == channel else {
            throw UserFacingError(Phrases.otherChannel, ["channel": "<#\(channel)>"])
        }
    }
}
