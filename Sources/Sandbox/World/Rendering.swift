/// The objects of appendix A as bots get them, always with every key that a parser indexes.
extension World {
    func userJSON(_ id: ID) -> JSON {
        guard let account = accounts[id] else {
            return userJSON(Account(id: id, username: "Deleted User", discriminator: "0000"))
        }
        return userJSON(account)
    }

    func userJSON(_ account: Account) -> JSON {
        var user: JSON = [
            "id": .id(account.id), "username": .string(account.username),
            "discriminator": .string(account.discriminator), "global_name": .text(account.globalName),
            "avatar": .text(account.avatar), "public_flags": 0, "flags": 0, "banner": nil, "accent_color": nil,
            "avatar_decoration_data": nil, "collectibles": nil, "primary_guild": nil, "clan": nil,
        ]
        if account.isBot { user["bot"] = true }
        return user
    }

    func ownUserJSON(_ id: ID) -> JSON {
        userJSON(id).merging([
            "verified": true, "mfa_enabled": false, "email": nil, "locale": "en-US", "premium_type": 0,
        ])
    }

    func roleJSON(_ role: Role) -> JSON {
        var json: JSON = [
            "id": .id(role.id), "name": .string(role.name), "color": .int(role.color), "hoist": .bool(role.hoist),
            "icon": nil, "unicode_emoji": nil, "position": .int(role.position),
            "permissions": .string(String(role.permissions)), "managed": .bool(role.managed),
            "mentionable": .bool(role.mentionable), "flags": 0,
        ]
        json["colors"] = ["primary_color": .int(role.color), "secondary_color": nil, "tertiary_color": nil]
        if let bot = role.botID { json["tags"] = ["bot_id": .id(bot)] }
        return json
    }

    func memberJSON(_ member: Member, withUser: Bool = true) -> JSON {
        var json: JSON = [
            "nick": .text(member.nick), "avatar": nil, "banner": nil, "roles": .ids(member.roles),
            "joined_at": Timestamp.json(member.joinedAt), "premium_since": nil, "deaf": .bool(member.deaf),
            "mute": .bool(member.mute), "flags": 0, "pending": false, "unusual_dm_activity_until": nil,
            "communication_disabled_until": Timestamp.json(member.timedOutUntil), "avatar_decoration_data": nil,
        ]
        if withUser { json["user"] = userJSON(member.user) }
        return json
    }

    /// A member as interactions carry it: with what it may do in the channel.
    func memberJSON(_ member: Member, in channel: Channel, withUser: Bool) -> JSON {
        var json = memberJSON(member, withUser: withUser)
        json["permissions"] = .string(String(permissions(of: member.user, in: channel)))
        return withUser ? json : json.removing("deaf", "mute")
    }

    func overwritesJSON(_ overwrites: [Overwrite]) -> JSON {
        .array(
            overwrites.map {
                [
                    "id": .id($0.id), "type": .int($0.type), "allow": .string(String($0.allow)),
                    "deny": .string(String($0.deny)),
                ]
            })
    }

    func channelJSON(_ channel: Channel) -> JSON {
        if channel.type == ChannelType.direct {
            return [
                "id": .id(channel.id), "type": 1, "flags": 0, "last_message_id": .id(channel.lastMessage),
                "recipients": .array(channel.recipients.filter { accounts[$0]?.isBot != true }.map { userJSON($0) }),
            ]
        }
        if let thread = channel.thread { return threadJSON(channel, thread) }
        var json: JSON = [
            "id": .id(channel.id), "type": .int(channel.type), "guild_id": .id(channel.guild),
            "name": .string(channel.name), "position": .int(channel.position),
            "permission_overwrites": overwritesJSON(channel.overwrites), "parent_id": .id(channel.parent),
            "flags": .int(channel.flags),
        ]
        if channel.type == ChannelType.category { return json }
        json["nsfw"] = .bool(channel.nsfw)
        json["rate_limit_per_user"] = .int(channel.rateLimitPerUser)
        json["last_message_id"] = .id(channel.lastMessage)
        json["topic"] = .text(channel.topic)
        if channel.isVoice {
            json["bitrate"] = .int(channel.bitrate)
            json["user_limit"] = .int(channel.userLimit)
            json["rtc_region"] = .text(channel.rtcRegion)
            json["video_quality_mode"] = 1
        } else {
            json["last_pin_timestamp"] = Timestamp.json(channel.lastPin)
        }
        return json
    }

    private func threadJSON(_ channel: Channel, _ thread: ThreadState) -> JSON {
        var json: JSON = [
            "id": .id(channel.id), "type": .int(channel.type), "guild_id": .id(channel.guild),
            "parent_id": .id(channel.parent), "owner_id": .id(thread.owner), "name": .string(channel.name),
            "last_message_id": .id(channel.lastMessage), "message_count": .int(thread.messageCount),
            "member_count": .number(thread.members.count), "total_message_sent": .int(thread.messageCount),
            "rate_limit_per_user": .int(channel.rateLimitPerUser), "flags": 0,
        ]
        json["thread_metadata"] = [
            "archived": .bool(thread.archived), "auto_archive_duration": .int(thread.autoArchive),
            "archive_timestamp": Timestamp.json(thread.archivedAt), "locked": .bool(thread.locked),
            "invitable": .bool(thread.invitable), "create_timestamp": Timestamp.json(thread.createdAt),
        ]
        return json
    }

    /// The channel object inside interactions.
    func channelJSON(_ channel: Channel, for user: ID, application: ID) -> JSON {
        channelJSON(channel).merging([
            "permissions": .string(String(permissions(of: user, in: channel))),
            "app_permissions": .string(String(permissions(of: application, in: channel))),
        ])
    }

    func voiceStateJSON(_ state: VoiceState, channel: ID?, withGuild: Bool = true) -> JSON {
        var json: JSON = [
            "channel_id": .id(channel), "user_id": .id(state.user), "session_id": .string(state.session),
            "deaf": .bool(state.deaf), "mute": .bool(state.mute), "self_deaf": .bool(state.selfDeaf),
            "self_mute": .bool(state.selfMute), "self_video": false, "suppress": .bool(state.suppress),
            "request_to_speak_timestamp": Timestamp.json(state.requestToSpeak),
        ]
        if withGuild {
            json["guild_id"] = .id(state.guild)
            if let member = guilds[state.guild]?.members[state.user] { json["member"] = memberJSON(member) }
        }
        return json
    }

    /// The guild's own fields, as REST and GUILD_UPDATE carry them.
    func guildJSON(_ guild: Guild) -> JSON {
        var json: JSON = [
            "id": .id(guild.id), "name": .string(guild.name), "icon": nil, "splash": nil, "discovery_splash": nil,
            "owner_id": .id(guild.owner), "region": nil, "afk_channel_id": nil,
            "afk_timeout": .int(guild.afkTimeout), "widget_enabled": false, "widget_channel_id": nil,
            "verification_level": 0, "default_message_notifications": 0, "explicit_content_filter": 0,
        ]
        json = json.merging([
            "emojis": [], "features": [], "mfa_level": 0, "application_id": nil, "system_channel_id": nil,
            "system_channel_flags": 0, "rules_channel_id": nil, "max_presences": nil, "max_members": 500_000,
            "vanity_url_code": nil, "description": .text(guild.description), "banner": nil, "premium_tier": 0,
            "premium_subscription_count": 0, "preferred_locale": "en-US", "public_updates_channel_id": nil,
        ])
        json = json.merging([
            "max_video_channel_users": 25, "max_stage_video_channel_users": 50, "nsfw_level": 0, "nsfw": false,
            "stickers": [], "premium_progress_bar_enabled": false, "safety_alerts_channel_id": nil,
            "incidents_data": nil, "hub_type": nil,
            "roles": .array(guild.roles.values.sorted { ($0.position, $0.id) < ($1.position, $1.id) }.map(roleJSON)),
        ])
        return json
    }

    /// GUILD_CREATE for one bot, by its intents.
    func guildCreateJSON(_ guild: Guild, bot: ID, intents: UInt64) -> JSON {
        let visible = guild.channels.compactMap { channels[$0] }
        let voice = intents & Intent.voiceStates != 0 ? guild.voiceStates.values.sorted { $0.user < $1.user } : []
        let members = guild.members.values.sorted { $0.user < $1.user }
        var presences: [JSON] = []
        if intents & Intent.presences != 0 { presences = members.map { presenceJSON($0.user, guild: nil) } }
        return guildJSON(guild).merging([
            "joined_at": Timestamp.json(guild.members[bot]?.joinedAt), "large": false, "unavailable": false,
            "member_count": .number(guild.members.count),
            "members": .array(members.map { memberJSON($0) }),
            "voice_states": .array(voice.map { voiceStateJSON($0, channel: $0.channel, withGuild: false) }),
            "channels": .array(visible.filter { !$0.isThread }.map { channelJSON($0) }),
            "threads": .array(visible.filter { $0.isThread }.map { channelJSON($0) }),
            "presences": .array(presences), "stage_instances": [], "guild_scheduled_events": [],
            "soundboard_sounds": [], "embedded_activities": [],
        ])
    }

    func presenceJSON(_ user: ID, guild: ID?) -> JSON {
        var json: JSON = presences[user] ?? ["status": "online", "activities": []]
        json["client_status"] = ["desktop": json["status"] ?? "online"]
        json["user"] = ["id": .id(user)]
        if let guild { json["guild_id"] = .id(guild) }
        return json
    }

    func applicationJSON(_ application: Application) -> JSON {
        var json: JSON = [
            "id": .id(application.id), "name": .string(application.name), "icon": nil, "description": "",
            "bot_public": true, "bot_require_code_grant": false, "team": nil, "summary": "", "hook": true,
            "verify_key": .string(String(repeating: "0", count: 64)), "owner": userJSON(application.owner),
            "flags": .number(applicationFlags(application)), "bot": ownUserJSON(application.id), "type": nil,
        ]
        json = json.merging([
            "is_monetized": false, "integration_types_config": ["0": [:]], "redirect_uris": [],
            "interactions_endpoint_url": nil, "rpc_origins": [], "approximate_user_install_count": 1,
            "approximate_guild_count": .number(guilds(of: application.id).count),
        ])
        return json
    }

    /// The limited-intent flags that libraries check before they identify.
    func applicationFlags(_ application: Application) -> UInt64 {
        var flags: UInt64 = 0
        if application.privilegedIntents & Intent.presences != 0 { flags |= 1 << 13 }
        if application.privilegedIntents & Intent.members != 0 { flags |= 1 << 15 }
        if application.privilegedIntents & Intent.messageContent != 0 { flags |= 1 << 19 }
        return flags
    }

    func commandJSON(_ command: Command, application: ID, guild: ID?) -> JSON {
        JSON.object(command.body).merging([
            "id": .id(command.id), "application_id": .id(application), "version": .id(command.version),
            "type": .int(command.type), "name": .string(command.name), "guild_id": .id(guild),
        ])
    }
}
