public import DiscordAPI
public import DiscordModel

extension GuildCache {
    /// The bot's own account, once READY has come.
    public var me: UserID? { ownUser?.id }

    /// The voice channel a user sits in.
    public func voiceChannel(of user: UserID, in guild: GuildID) -> ChannelID? {
        voiceState(of: user, in: guild)?.channelID
    }

    /// The people in a voice channel, bots left out.
    public func listeners(in channel: ChannelID, of guild: GuildID) -> Int {
        voiceStates(in: channel, of: guild).count { member($0.userID, in: guild)?.user?.bot != true }
    }

    /// Whether nobody more may join a voice channel, but for those who may move members.
    public func isFull(_ channel: ChannelID, of guild: GuildID) -> Bool {
        guard let limit = self.channel(channel, in: guild)?.userLimit, limit > 0 else { return false }
        return voiceStates(in: channel, of: guild).count >= limit
    }
}
