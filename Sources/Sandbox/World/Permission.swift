/// Permission bits (appendix B) and their computation.
enum Permission {
    static let kickMembers: UInt64 = 1 << 1
    static let banMembers: UInt64 = 1 << 2
    static let administrator: UInt64 = 1 << 3
    static let manageChannels: UInt64 = 1 << 4
    static let addReactions: UInt64 = 1 << 6
    static let viewChannel: UInt64 = 1 << 10
    static let sendMessages: UInt64 = 1 << 11
    static let sendTTS: UInt64 = 1 << 12
    static let manageMessages: UInt64 = 1 << 13
    static let embedLinks: UInt64 = 1 << 14
    static let attachFiles: UInt64 = 1 << 15
    static let readHistory: UInt64 = 1 << 16
    static let mentionEveryone: UInt64 = 1 << 17
    static let connect: UInt64 = 1 << 20
    static let speak: UInt64 = 1 << 21
    static let muteMembers: UInt64 = 1 << 22
    static let deafenMembers: UInt64 = 1 << 23
    static let moveMembers: UInt64 = 1 << 24
    static let changeNickname: UInt64 = 1 << 26
    static let manageNicknames: UInt64 = 1 << 27
    static let manageRoles: UInt64 = 1 << 28
    static let manageWebhooks: UInt64 = 1 << 29
    static let useCommands: UInt64 = 1 << 31
    static let manageThreads: UInt64 = 1 << 34
    static let createPublicThreads: UInt64 = 1 << 35
    static let createPrivateThreads: UInt64 = 1 << 36
    static let sendInThreads: UInt64 = 1 << 38
    static let moderateMembers: UInt64 = 1 << 40
    static let setVoiceStatus: UInt64 = 1 << 48
    static let pinMessages: UInt64 = 1 << 51
    static let all: UInt64 = (1 << 53) - 1
    /// What @everyone may do in a new guild.
    static let everyone: UInt64 = 2_248_473_465_835_073
    /// What the seeded bot's role may do: all but administration of the guild itself.
    static let bot: UInt64 =
        everyone | manageChannels | manageMessages | moveMembers | muteMembers | deafenMembers | setVoiceStatus
        | pinMessages | manageThreads | connect | speak | useCommands
}

extension Guild {
    /// What a member may do in the guild, before any channel overwrites.
    func permissions(of user: ID) -> UInt64 {
        guard let member = members[user] else { return 0 }
        if owner == user { return Permission.all }
        var base = roles[id]?.permissions ?? 0
        for role in member.roles { base |= roles[role]?.permissions ?? 0 }
        return base & Permission.administrator != 0 ? Permission.all : base
    }

    /// What a member may do in a channel.
    func permissions(of user: ID, overwrites: [Overwrite], isVoice: Bool, isThread: Bool, now: Int64) -> UInt64 {
        guard let member = members[user] else { return 0 }
        var result = permissions(of: user)
        if result == Permission.all { return result }
        if let rule = overwrites.first(where: { $0.id == id }) { result = result & ~rule.deny | rule.allow }
        var allow: UInt64 = 0
        var deny: UInt64 = 0
        for rule in overwrites where rule.type == 0 && member.roles.contains(rule.id) {
            allow |= rule.allow
            deny |= rule.deny
        }
        result = result & ~deny | allow
        if let rule = overwrites.first(where: { $0.type == 1 && $0.id == user }) {
            result = result & ~rule.deny | rule.allow
        }
        if result & Permission.viewChannel == 0 { return 0 }
        if isThread {
            let may = result & Permission.sendInThreads != 0
            result = may ? result | Permission.sendMessages : result & ~Permission.sendMessages
        }
        if result & Permission.sendMessages == 0 {
            result &=
                ~(Permission.mentionEveryone | Permission.sendTTS | Permission.attachFiles | Permission.embedLinks)
        }
        if isVoice && result & Permission.connect == 0 {
            result &= ~(Permission.speak | Permission.moveMembers | Permission.muteMembers | Permission.deafenMembers)
        }
        if let until = member.timedOutUntil, until > now {
            result &= Permission.viewChannel | Permission.readHistory
        }
        return result
    }
}
