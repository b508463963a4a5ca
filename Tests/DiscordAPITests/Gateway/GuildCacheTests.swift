import DiscordAPI
import DiscordModel
import Testing

/// What is kept of guilds, and that it is freed.
struct GuildCacheTests {
    let cache = GuildCache(maximumGuilds: 3, maximumMembers: 2)

    private func member(_ id: UInt64, roles: [RoleID] = []) -> Member {
        Member(user: User(id: UserID(id)), roles: roles)
    }

    private func start() {
        cache.apply(
            .ready(
                Ready(
                    user: User(id: 1), guilds: [UnavailableGuild(id: 100, unavailable: true)], sessionID: "s",
                    resumeGatewayURL: "", application: PartialApplication(id: 1))))
        cache.apply(
            .guildCreate(
                Guild(
                    id: 100, name: "g", ownerID: 2,
                    roles: [
                        Role(id: 100, permissions: [.viewChannel, .connect]), Role(id: 7, permissions: .speak),
                    ],
                    voiceStates: [VoiceState(channelID: 50, userID: 3)],
                    members: [member(1, roles: [7]), member(3), member(4)],
                    channels: [
                        Channel(id: 50, type: .voice),
                        Channel(
                            id: 51, type: .voice,
                            permissionOverwrites: [PermissionOverwrite(id: 100, deny: .connect)]),
                    ], threads: [Channel(id: 60, type: .publicThread, parentID: 51)])))
    }

    @Test func knowsWhoIsInVoice() {
        start()
        #expect(cache.voiceStates(in: 50, of: 100).map(\.userID) == [3])
        cache.apply(.voiceStateUpdate(VoiceState(guildID: 100, channelID: 51, userID: 3)))
        #expect(cache.voiceStates(in: 50, of: 100).isEmpty)
        #expect(cache.voiceState(of: 3, in: 100)?.channelID == 51)
        cache.apply(.voiceStateUpdate(VoiceState(guildID: 100, channelID: nil, userID: 3)))
        #expect(cache.voiceState(of: 3, in: 100) == nil)
        cache.apply(.voiceStateUpdate(VoiceState(guildID: 999, channelID: 1, userID: 3)))
        #expect(cache.guild(999) == nil)
    }

    @Test func knowsPermissions() {
        start()
        #expect(cache.ownPermissions(in: 50, of: 100) == [.viewChannel, .connect, .speak])
        #expect(cache.ownPermissions(in: 51, of: 100) == [.viewChannel])
        #expect(cache.permissions(of: 2, in: 51, of: 100) == .all)
        #expect(cache.permissions(of: 77, in: 51, of: 100) == nil)
        #expect(cache.permissions(of: 1, in: 60, of: 100)?.contains(.viewChannel) == true)
        cache.apply(.roleUpdate(GuildRoleChange(guildID: 100, role: Role(id: 7, permissions: .administrator))))
        #expect(cache.ownPermissions(in: 51, of: 100) == .all)
        cache.apply(.roleDelete(GuildRoleDelete(guildID: 100, roleID: 7)))
        #expect(cache.ownPermissions(in: 50, of: 100) == [.viewChannel, .connect])
    }

    @Test func followsChannels() {
        start()
        cache.apply(.channelCreate(Channel(id: 52, guildID: 100, name: "new")))
        #expect(cache.channel(52, in: 100)?.name == "new")
        cache.apply(.channelDelete(Channel(id: 52, guildID: 100)))
        #expect(cache.channel(52, in: 100) == nil)
    }

    @Test func freesWhatIsLeft() {
        start()
        cache.apply(.guildDelete(UnavailableGuild(id: 100, unavailable: true)))
        #expect(cache.guild(100)?.isUnavailable == true)
        cache.apply(.guildDelete(UnavailableGuild(id: 100)))
        #expect(cache.guilds.isEmpty)
        start()
        cache.apply(
            .ready(
                Ready(
                    user: User(id: 1), guilds: [], sessionID: "s", resumeGatewayURL: "",
                    application: PartialApplication(id: 1))))
        #expect(cache.guilds.isEmpty)
    }

    @Test func isBounded() {
        start()
        #expect(cache.member(4, in: 100) == nil)
        for user in UInt64(10)..<200 {
            cache.apply(
                .interactionCreate(
                    Interaction(
                        id: 1, applicationID: 1, type: .command, guildID: 100, member: member(user), token: "")))
        }
        #expect((cache.guild(100)?.members.count ?? 0) <= 5)
        #expect(cache.member(1, in: 100) != nil)
        #expect(cache.member(3, in: 100) != nil)
        for id in UInt64(200)..<210 { cache.apply(.guildCreate(Guild(id: GuildID(id)))) }
        #expect(cache.guilds.count == 3)
    }
}
