/// Payloads that discord.py, disnake, hikari, py-cord and nextcord accept, expanded from the protocol notes (Appendix E).
enum Fixture {
    static let user = #"""
        {
         "id": "1000000000000000201",
         "username": "alice",
         "discriminator": "0",
         "global_name": "Alice",
         "avatar": null,
         "public_flags": 0,
         "flags": 0,
         "banner": null,
         "accent_color": null,
         "avatar_decoration_data": null,
         "collectibles": null,
         "primary_guild": null,
         "clan": null
        }
        """#

    static let member = #"""
        {
         "nick": null,
         "avatar": null,
         "banner": null,
         "roles": ["1000000000000000300"],
         "joined_at": "2026-11-20T00:00:00.000000+00:00",
         "premium_since": null,
         "deaf": false,
         "mute": false,
         "flags": 0,
         "pending": false,
         "communication_disabled_until": null,
         "unusual_dm_activity_until": null,
         "avatar_decoration_data": null,
         "user": {
          "id": "1000000000000000201",
          "username": "alice",
          "discriminator": "0",
          "global_name": "Alice",
          "avatar": null,
          "public_flags": 0,
          "flags": 0,
          "banner": null,
          "accent_color": null,
          "avatar_decoration_data": null,
          "collectibles": null,
          "primary_guild": null,
          "clan": null
         }
        }
        """#

    static let role = #"""
        {
         "id": "1000000000000000100",
         "name": "@everyone",
         "color": 0,
         "colors": {
          "primary_color": 0,
          "secondary_color": null,
          "tertiary_color": null
         },
         "hoist": false,
         "icon": null,
         "unicode_emoji": null,
         "position": 0,
         "permissions": "2248473465835073",
         "managed": false,
         "mentionable": false,
         "flags": 0
        }
        """#

    static let ownUser = #"""
        {
         "id": "1000000000000000001",
         "username": "sandbot",
         "discriminator": "0001",
         "global_name": null,
         "avatar": null,
         "public_flags": 0,
         "flags": 0,
         "banner": null,
         "accent_color": null,
         "avatar_decoration_data": null,
         "collectibles": null,
         "primary_guild": null,
         "clan": null,
         "bot": true,
         "verified": true,
         "mfa_enabled": false,
         "email": null,
         "locale": "en-US",
         "premium_type": 0
        }
        """#

    static let category = #"""
        {
         "id": "1000000000000000110",
         "type": 4,
         "guild_id": "1000000000000000100",
         "name": "cat",
         "position": 0,
         "permission_overwrites": [
          {
           "id": "1000000000000000100",
           "type": 0,
           "allow": "0",
           "deny": "0"
          }
         ],
         "parent_id": null,
         "flags": 0
        }
        """#

    static let textChannel = #"""
        {
         "id": "1000000000000000111",
         "type": 0,
         "guild_id": "1000000000000000100",
         "name": "general",
         "position": 0,
         "permission_overwrites": [
          {
           "id": "1000000000000000100",
           "type": 0,
           "allow": "0",
           "deny": "0"
          }
         ],
         "parent_id": "1000000000000000110",
         "flags": 0,
         "topic": null,
         "nsfw": false,
         "last_message_id": null,
         "rate_limit_per_user": 0,
         "last_pin_timestamp": null
        }
        """#

    static let voiceChannel = #"""
        {
         "id": "1000000000000000112",
         "type": 2,
         "guild_id": "1000000000000000100",
         "name": "Voice",
         "position": 1,
         "permission_overwrites": [
          {
           "id": "1000000000000000100",
           "type": 0,
           "allow": "0",
           "deny": "0"
          }
         ],
         "parent_id": "1000000000000000110",
         "flags": 0,
         "bitrate": 64000,
         "user_limit": 0,
         "rtc_region": null,
         "nsfw": false,
         "rate_limit_per_user": 0,
         "last_message_id": null,
         "video_quality_mode": 1
        }
        """#

    static let forum = #"""
        {
         "id": "1000000000000000113",
         "type": 15,
         "guild_id": "1000000000000000100",
         "name": "forum",
         "position": 2,
         "permission_overwrites": [
          {
           "id": "1000000000000000100",
           "type": 0,
           "allow": "0",
           "deny": "0"
          }
         ],
         "parent_id": "1000000000000000110",
         "flags": 0,
         "topic": null,
         "nsfw": false,
         "last_message_id": null,
         "rate_limit_per_user": 0,
         "available_tags": [],
         "default_reaction_emoji": null,
         "default_sort_order": null,
         "default_forum_layout": 0,
         "default_thread_rate_limit_per_user": 0,
         "default_auto_archive_duration": 1440
        }
        """#

    static let stage = #"""
        {
         "id": "1000000000000000114",
         "type": 13,
         "guild_id": "1000000000000000100",
         "name": "stage",
         "position": 3,
         "permission_overwrites": [
          {
           "id": "1000000000000000100",
           "type": 0,
           "allow": "0",
           "deny": "0"
          }
         ],
         "parent_id": "1000000000000000110",
         "flags": 0,
         "bitrate": 64000,
         "user_limit": 0,
         "rtc_region": null,
         "nsfw": false,
         "topic": null,
         "rate_limit_per_user": 0,
         "last_message_id": null
        }
        """#

    static let thread = #"""
        {
         "id": "1000000000000000600",
         "type": 11,
         "guild_id": "1000000000000000100",
         "parent_id": "1000000000000000111",
         "owner_id": "1000000000000000201",
         "name": "thr",
         "last_message_id": null,
         "message_count": 0,
         "member_count": 1,
         "rate_limit_per_user": 0,
         "flags": 0,
         "total_message_sent": 0,
         "thread_metadata": {
          "archived": false,
          "auto_archive_duration": 1440,
          "archive_timestamp": "2026-11-20T00:00:00.000000+00:00",
          "locked": false,
          "create_timestamp": "2026-11-20T00:00:00.000000+00:00"
         },
         "member": {
          "id": "1000000000000000600",
          "user_id": "1000000000000000001",
          "join_timestamp": "2026-11-20T00:00:00.000000+00:00",
          "flags": 0
         }
        }
        """#

    static let voiceState = #"""
        {
         "guild_id": "1000000000000000100",
         "channel_id": "1000000000000000112",
         "user_id": "1000000000000000201",
         "session_id": "sess",
         "deaf": false,
         "mute": false,
         "self_deaf": false,
         "self_mute": false,
         "self_video": false,
         "suppress": false,
         "request_to_speak_timestamp": null,
         "member": {
          "nick": null,
          "avatar": null,
          "banner": null,
          "roles": ["1000000000000000300"],
          "joined_at": "2026-11-20T00:00:00.000000+00:00",
          "premium_since": null,
          "deaf": false,
          "mute": false,
          "flags": 0,
          "pending": false,
          "communication_disabled_until": null,
          "unusual_dm_activity_until": null,
          "avatar_decoration_data": null,
          "user": {
           "id": "1000000000000000201",
           "username": "alice",
           "discriminator": "0",
           "global_name": "Alice",
           "avatar": null,
           "public_flags": 0,
           "flags": 0,
           "banner": null,
           "accent_color": null,
           "avatar_decoration_data": null,
           "collectibles": null,
           "primary_guild": null,
           "clan": null
          }
         }
        }
        """#

    static let voiceServerUpdate = #"""
        {
         "token": "t",
         "guild_id": "1000000000000000100",
         "endpoint": "127.0.0.1:1234"
        }
        """#

    static let message = #"""
        {
         "id": "1000000000000000400",
         "channel_id": "1000000000000000111",
         "guild_id": "1000000000000000100",
         "author": {
          "id": "1000000000000000201",
          "username": "alice",
          "discriminator": "0",
          "global_name": "Alice",
          "avatar": null,
          "public_flags": 0,
          "flags": 0,
          "banner": null,
          "accent_color": null,
          "avatar_decoration_data": null,
          "collectibles": null,
          "primary_guild": null,
          "clan": null
         },
         "member": {
          "nick": null,
          "avatar": null,
          "banner": null,
          "roles": ["1000000000000000300"],
          "joined_at": "2026-11-20T00:00:00.000000+00:00",
          "premium_since": null,
          "deaf": false,
          "mute": false,
          "flags": 0,
          "pending": false,
          "communication_disabled_until": null,
          "unusual_dm_activity_until": null,
          "avatar_decoration_data": null
         },
         "content": "hello",
         "timestamp": "2026-11-20T00:00:00.000000+00:00",
         "edited_timestamp": null,
         "tts": false,
         "mention_everyone": false,
         "mentions": [],
         "mention_roles": [],
         "attachments": [
          {
           "id": "1000000000000000401",
           "filename": "a.png",
           "size": 3,
           "url": "http://x/a.png",
           "proxy_url": "http://x/a.png",
           "content_type": "image/png",
           "content_scan_version": 0
          }
         ],
         "embeds": [],
         "pinned": false,
         "type": 0,
         "flags": 0,
         "components": [],
         "nonce": null,
         "channel_type": 0
        }
        """#

    static let application = #"""
        {
         "id": "1000000000000000001",
         "name": "sand",
         "icon": null,
         "description": "",
         "bot_public": true,
         "bot_require_code_grant": false,
         "verify_key": "0000000000000000000000000000000000000000000000000000000000000000",
         "owner": {
          "id": "1000000000000000202",
          "username": "olga",
          "discriminator": "0",
          "global_name": "Olga",
          "avatar": null,
          "public_flags": 0,
          "flags": 0,
          "banner": null,
          "accent_color": null,
          "avatar_decoration_data": null,
          "collectibles": null,
          "primary_guild": null,
          "clan": null
         },
         "team": null,
         "summary": "",
         "flags": 565248,
         "hook": true,
         "bot": {
          "id": "1000000000000000001",
          "username": "sandbot",
          "discriminator": "0001",
          "global_name": null,
          "avatar": null,
          "public_flags": 0,
          "flags": 0,
          "banner": null,
          "accent_color": null,
          "avatar_decoration_data": null,
          "collectibles": null,
          "primary_guild": null,
          "clan": null,
          "bot": true,
          "verified": true,
          "mfa_enabled": false,
          "email": null,
          "locale": "en-US",
          "premium_type": 0
         },
         "type": null,
         "is_monetized": false,
         "integration_types_config": {
          "0": {}
         },
         "redirect_uris": [],
         "interactions_endpoint_url": null,
         "approximate_guild_count": 1,
         "rpc_origins": [],
         "approximate_user_install_count": 1
        }
        """#

    static let command = #"""
        {
         "id": "1000000000000000800",
         "application_id": "1000000000000000001",
         "version": "1000000000000000801",
         "name": "play",
         "description": "d",
         "type": 1,
         "default_member_permissions": null,
         "dm_permission": true,
         "nsfw": false,
         "contexts": [0],
         "integration_types": [0],
         "options": [
          {
           "type": 3,
           "name": "query",
           "description": "q",
           "required": true
          }
         ],
         "name_localizations": null,
         "description_localizations": null,
         "guild_id": null
        }
        """#

    static let gatewayBot = #"""
        {
         "url": "ws://127.0.0.1:29380/gw",
         "shards": 1,
         "session_start_limit": {
          "total": 1000,
          "remaining": 1000,
          "reset_after": 0,
          "max_concurrency": 1
         }
        }
        """#

    static let typingStart = #"""
        {
         "channel_id": "1000000000000000111",
         "guild_id": "1000000000000000100",
         "user_id": "1000000000000000201",
         "timestamp": 1700000000,
         "member": {
          "nick": null,
          "avatar": null,
          "banner": null,
          "roles": ["1000000000000000300"],
          "joined_at": "2026-11-20T00:00:00.000000+00:00",
          "premium_since": null,
          "deaf": false,
          "mute": false,
          "flags": 0,
          "pending": false,
          "communication_disabled_until": null,
          "unusual_dm_activity_until": null,
          "avatar_decoration_data": null,
          "user": {
           "id": "1000000000000000201",
           "username": "alice",
           "discriminator": "0",
           "global_name": "Alice",
           "avatar": null,
           "public_flags": 0,
           "flags": 0,
           "banner": null,
           "accent_color": null,
           "avatar_decoration_data": null,
           "collectibles": null,
           "primary_guild": null,
           "clan": null
          }
         }
        }
        """#

    static let reactionAdd = #"""
        {
         "user_id": "1000000000000000201",
         "channel_id": "1000000000000000111",
         "message_id": "1000000000000000400",
         "guild_id": "1000000000000000100",
         "member": {
          "nick": null,
          "avatar": null,
          "banner": null,
          "roles": ["1000000000000000300"],
          "joined_at": "2026-11-20T00:00:00.000000+00:00",
          "premium_since": null,
          "deaf": false,
          "mute": false,
          "flags": 0,
          "pending": false,
          "communication_disabled_until": null,
          "unusual_dm_activity_until": null,
          "avatar_decoration_data": null,
          "user": {
           "id": "1000000000000000201",
           "username": "alice",
           "discriminator": "0",
           "global_name": "Alice",
           "avatar": null,
           "public_flags": 0,
           "flags": 0,
           "banner": null,
           "accent_color": null,
           "avatar_decoration_data": null,
           "collectibles": null,
           "primary_guild": null,
           "clan": null
          }
         },
         "emoji": {
          "id": null,
          "name": "👍"
         },
         "message_author_id": "1000000000000000201",
         "burst": false,
         "type": 0
        }
        """#

    static let presenceUpdate = #"""
        {
         "user": {
          "id": "1000000000000000201"
         },
         "guild_id": "1000000000000000100",
         "status": "online",
         "activities": [],
         "client_status": {
          "desktop": "online"
         }
        }
        """#

    static let membersChunk = #"""
        {
         "guild_id": "1000000000000000100",
         "members": [],
         "chunk_index": 0,
         "chunk_count": 1,
         "not_found": [],
         "nonce": "n"
        }
        """#
}
