import BotKit
import DiscordModel

/// The rules about who may call the bot where, as sentences when they are broken.
struct VoiceAccess: Sendable {
    let directory: GuildDirectory

    /// The voice channel a person sits in; they must be in one to call the bot.
    func channel(of user: UserID, in guild: GuildID) throws(UserFacingError) -> ChannelID {
        guard directory.guild(guild) != nil else { throw UserFacingError(Phrases.unknownGuild) }
        guard let channel = directory.voiceChannel(of: user, in: guild) else {
            throw UserFacingError(Phrases.joinFirst)
        }
        return channel
    }

    /// Whether the bot can play in a channel: known, a voice channel, with the permissions and a free place.
    func checkBot(in channel: ChannelID, of guild: GuildID) throws(UserFacingError) {
        guard let record = directory.guild(guild), let me = directory.me else {
            throw UserFacingError(Phrases.unknownGuild)
        }
        let name = ["channel": "<#\(channel)>"]
        guard let permissions = record.permissions(of: me, in: channel) else {
            throw UserFacingError(Phrases.notAVoiceChannel, name)
        }
        guard Permissions([.viewChannel, .connect]).missing(from: permissions).isEmpty else {
            throw UserFacingError(Phrases.cannotConnect, name)
        }
        guard Permissions.speak.missing(from: permissions).isEmpty else {
            throw UserFacingError(Phrases.cannotSpeak, name)
        }
        let mayPress = permissions.contains(.moveMembers) || permissions.contains(.administrator)
        if record.voice[me]?.channel != channel, record.isFull(channel), !mayPress {
            throw UserFacingError(Phrases.channelFull, name)
        }
    }

    /// Whether a person may control the music: whoever listens may; anybody may while nobody listens.
    func checkControl(of session: GuildSession, by user: UserID) throws(UserFacingError) {
        guard let channel = session.channel, !session.isAlone else { return }
        guard directory.voiceChannel(of: user, in: session.guild) == channel else {
            throw UserFacingError(Phrases.otherChannel, ["channel": "<#\(channel)>"])
        }
    }
}
