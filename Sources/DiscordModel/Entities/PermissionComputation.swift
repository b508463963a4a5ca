extension Permissions {
    /// What a member may do in the whole guild (Appendix B): owner and administrators may do everything.
    public static func compute(user: UserID, roles: [RoleID], guild: GuildID, owner: UserID?, guildRoles: [Role])
        -> Permissions
    {
        if user == owner { return .all }
        let own = Set(roles)
        let everyone = RoleID(guild)
        var base: Permissions = []
        for role in guildRoles where role.id == everyone || own.contains(role.id) { base.formUnion(role.permissions) }
        return base.contains(.administrator) ? .all : base
    }

    /// What a member with these guild-wide permissions may do in a channel with these overwrites (Appendix B).
    ///
    /// A timed-out member keeps only viewing and reading; the owner and administrators are exempt. Threads take their
    /// parent's overwrites and `isThread`.
    public static func compute(
        base: Permissions, user: UserID, roles: [RoleID], guild: GuildID, overwrites: [PermissionOverwrite],
        channelType: ChannelType = .text, isTimedOut: Bool = false
    ) -> Permissions {
        if base.contains(.administrator) { return .all }
        var permissions = base
        func apply(allow: Permissions, deny: Permissions) {
            permissions.subtract(deny)
            permissions.formUnion(allow)
        }
        var allow: Permissions = []
        var deny: Permissions = []
        let own = Set(roles.map(\.rawValue))
        for overwrite in overwrites where overwrite.type == .role {
            if overwrite.id.rawValue == guild.rawValue {
                apply(allow: overwrite.allow, deny: overwrite.deny)
            } else if own.contains(overwrite.id.rawValue) {
                allow.formUnion(overwrite.allow)
                deny.formUnion(overwrite.deny)
            }
        }
        apply(allow: allow, deny: deny)
        for overwrite in overwrites where overwrite.type == .member && overwrite.id.rawValue == user.rawValue {
            apply(allow: overwrite.allow, deny: overwrite.deny)
        }
        if isTimedOut { permissions.formIntersection([.viewChannel, .readMessageHistory]) }
        guard permissions.contains(.viewChannel) else { return [] }
        if channelType.isVoice {
            if !permissions.contains(.connect) { permissions.formIntersection(.viewChannel) }
        } else if !permissions.contains(channelType.isThread ? .sendMessagesInThreads : .sendMessages) {
            permissions.subtract([.mentionEveryone, .sendTTSMessages, .attachFiles, .embedLinks])
        }
        return permissions
    }
}
