extension World {
    /// The ids of the seeded world, the same in every run.
    enum Seed {
        static let guild: ID = 1_000_000_000_000_000_100
        static let general: ID = 1_000_000_000_000_000_111
        static let music: ID = 1_000_000_000_000_000_112
        static let lounge: ID = 1_000_000_000_000_000_121
        static let studio: ID = 1_000_000_000_000_000_122
        static let stage: ID = 1_000_000_000_000_000_123
        static let alice: ID = 1_000_000_000_000_000_201
        static let bob: ID = 1_000_000_000_000_000_202
        static let cleo: ID = 1_000_000_000_000_000_203
        static let bot: ID = 1_000_000_000_000_000_001
    }

    /// Fills an empty world: three people and one bot in `guilds` guilds alike, each with text and voice channels.
    mutating func seed(guilds count: Int = 1) {
        for (id, name, shown) in [
            (Seed.alice, "alice", "Alice"), (Seed.bob, "bob", "Bob"), (Seed.cleo, "cleo", "Cleo"),
        ] {
            accounts[id] = Account(id: id, username: name, globalName: shown)
        }
        for index in 0..<max(1, count) { seedGuild(index) }
        _ = addBot(name: "Backline", id: Seed.bot)
    }

    /// Makes the guild of this number; the ids of the first are those of `Seed`, the others' lie a fixed step apart.
    private mutating func seedGuild(_ index: Int) {
        /// Changes the part of an id that chooses the shard.
        let step = ID(index) * 1_000_000_000_000
        let name = index == 0 ? "Backline Sandbox" : "Backline Sandbox \(index + 1)"
        var guild = Guild(id: Seed.guild + step, name: name, owner: Seed.alice)
        guild.roles[guild.id] = Role(id: guild.id, name: "@everyone", permissions: Permission.everyone)
        for id in [Seed.alice, Seed.bob, Seed.cleo] { guild.members[id] = Member(user: id, joinedAt: now) }
        let textCategory: ID = 1_000_000_000_000_000_110
        let voiceCategory: ID = 1_000_000_000_000_000_120
        let rooms: [(ID, Int64, String, ID?)] = [
            (textCategory, 4, "Text channels", nil), (Seed.general, 0, "general", textCategory),
            (Seed.music, 0, "music", textCategory), (voiceCategory, 4, "Voice channels", nil),
            (Seed.lounge, 2, "Lounge", voiceCategory), (Seed.studio, 2, "Studio", voiceCategory),
            (Seed.stage, 13, "Stage", voiceCategory),
        ]
        for (position, room) in rooms.enumerated() {
            var channel = Channel(
                id: room.0 + step, type: room.1, guild: guild.id, name: room.2, position: Int64(position))
            channel.parent = room.3.map { $0 + step }
            channels[channel.id] = channel
            guild.channels.append(channel.id)
        }
        guilds[guild.id] = guild
    }

    /// Registers an application with its bot and brings it into every guild with a role of its own.
    mutating func addBot(name: String, id given: ID? = nil) -> Application {
        let id = given ?? newID()
        let segment = Base64.text(Array(String(id).utf8))
        let secret = given == nil ? newSecret(2) : "backline"
        accounts[id] = Account(id: id, username: name, discriminator: "0001", isBot: true)
        let owner = accounts.values.filter { !$0.isBot }.map(\.id).min() ?? id
        let application = Application(id: id, name: name, owner: owner, token: "\(segment).sandbox.\(secret)")
        applications[id] = application
        for guildID in guilds.keys.sorted() {
            var role = Role(id: newID(), name: name, permissions: Permission.bot)
            role.managed = true
            role.botID = id
            role.position = (guilds[guildID]?.roles.values.map(\.position).max() ?? 0) + 1
            guilds[guildID]?.roles[role.id] = role
            announceRole(role, in: guildID, "GUILD_ROLE_CREATE")
            addMember(id, to: guildID, roles: [role.id])
        }
        return application
    }

    /// Makes a guild with a text and a voice channel and everybody in it; bots hear of it.
    mutating func addGuild(name: String) -> Guild {
        let owner = accounts.values.filter { !$0.isBot }.map(\.id).min() ?? 0
        var guild = Guild(id: newID(), name: name, owner: owner)
        guild.roles[guild.id] = Role(id: guild.id, name: "@everyone", permissions: Permission.everyone)
        for (position, room) in [("general", ChannelType.text), ("Lounge", ChannelType.voice)].enumerated() {
            let channel = Channel(
                id: newID(), type: room.1, guild: guild.id, name: room.0, position: Int64(position))
            channels[channel.id] = channel
            guild.channels.append(channel.id)
        }
        for account in accounts.values.sorted(by: { $0.id < $1.id }) {
            var member = Member(user: account.id, joinedAt: now)
            if account.isBot {
                var role = Role(id: newID(), name: account.username, permissions: Permission.bot)
                role.managed = true
                role.botID = account.id
                role.position = Int64(guild.roles.count)
                guild.roles[role.id] = role
                member.roles = [role.id]
            }
            guild.members[account.id] = member
        }
        guilds[guild.id] = guild
        for bot in applications.keys.sorted() {
            let data = guildCreateJSON(guild, bot: bot, intents: Intent.voiceStates).removing("unavailable")
            emit(
                .dispatch(
                    Dispatch(name: "GUILD_CREATE", data: data, audience: .bot(bot, guild.id), intent: Intent.guilds)))
        }
        return guild
    }

    /// Registers a person and brings them into every guild.
    mutating func addPerson(name: String) -> Account {
        let account = Account(id: newID(), username: name.lowercased(), globalName: name)
        accounts[account.id] = account
        for guild in guilds.keys.sorted() { addMember(account.id, to: guild) }
        return account
    }
}

/// Base64 without padding, as in the first part of a token.
enum Base64 {
    static func text(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var output = ""
        var index = 0
        while index < bytes.count {
            let chunk = bytes[index..<min(index + 3, bytes.count)]
            var word: UInt32 = 0
            for (place, byte) in chunk.enumerated() { word |= UInt32(byte) << UInt32(16 - 8 * place) }
            for place in 0...chunk.count { output.append(alphabet[Int(word >> UInt32(18 - 6 * place) & 63)]) }
            index += 3
        }
        return output
    }
}
