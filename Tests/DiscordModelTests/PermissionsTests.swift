import DiscordModel
import Testing

/// The computation of Appendix B.
struct PermissionsTests {
    let guild: GuildID = 1
    let user: UserID = 10
    let roles = [
        Role(id: 1, permissions: [.viewChannel, .sendMessages, .connect, .speak, .embedLinks]),
        Role(id: 2, permissions: .manageMessages), Role(id: 3, permissions: .administrator),
    ]

    private func base(_ own: [RoleID], owner: UserID = 99) -> Permissions {
        Permissions.compute(user: user, roles: own, guild: guild, owner: owner, guildRoles: roles)
    }

    private func channel(
        _ overwrites: [PermissionOverwrite], roles own: [RoleID] = [2], type: ChannelType = .text,
        timedOut: Bool = false
    ) -> Permissions {
        Permissions.compute(
            base: base(own), user: user, roles: own, guild: guild, overwrites: overwrites, channelType: type,
            isTimedOut: timedOut)
    }

    @Test func guildWide() {
        #expect(base([]) == roles[0].permissions)
        #expect(base([2]).contains(.manageMessages))
        #expect(base([3]) == .all)
        #expect(base([], owner: user) == .all)
    }

    @Test func overwritesApplyInOrder() {
        let everyone = PermissionOverwrite(id: 1, type: .role, deny: .speak)
        let roleDeny = PermissionOverwrite(id: 2, type: .role, deny: .connect)
        let roleAllow = PermissionOverwrite(id: 2, type: .role, allow: .speak)
        let member = PermissionOverwrite(id: 10, type: .member, deny: .speak)
        #expect(!channel([everyone], type: .voice).contains(.speak))
        #expect(channel([roleAllow, everyone], type: .voice).contains(.speak))
        #expect(!channel([member, roleAllow, everyone], type: .voice).contains(.speak))
        #expect(channel([roleDeny], type: .voice) == .viewChannel)
    }

    @Test func aRoleIdIsNoMemberId() {
        #expect(channel([PermissionOverwrite(id: 10, type: .role, deny: .viewChannel)]).contains(.viewChannel))
        #expect(channel([PermissionOverwrite(id: 2, type: .member, deny: .viewChannel)]).contains(.viewChannel))
    }

    @Test func implicitDenials() {
        #expect(channel([PermissionOverwrite(id: 1, type: .role, deny: .viewChannel)]) == [])
        let mute = PermissionOverwrite(id: 1, type: .role, deny: .sendMessages)
        #expect(!channel([mute]).contains(.embedLinks))
        #expect(channel([mute]).contains(.viewChannel))
        #expect(!channel([], type: .publicThread).contains(.embedLinks))
    }

    @Test func timeOut() {
        #expect(channel([], timedOut: true) == .viewChannel)
        #expect(channel([], roles: [3], timedOut: true) == .all)
    }

    @Test func coding() throws {
        #expect(try JSON.encode([Permissions.viewChannel]) == Array(#"["1024"]"#.utf8))
        #expect(
            try JSON.decode([Permissions].self, from: Array(#"["1024",8]"#.utf8)) == [.viewChannel, .administrator])
        #expect(throws: ModelError.self) { try JSON.decode([Permissions].self, from: Array(#"["x"]"#.utf8)) }
        let future = Permissions(rawValue: 1 << 60)
        #expect(try JSON.decode([Permissions].self, from: JSON.encode([future])) == [future])
    }
}
