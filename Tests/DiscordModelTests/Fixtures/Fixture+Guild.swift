extension Fixture {
    static let ready = #"""
        {
         "v": 10,
         "user": {
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
         "guilds": [
          {
           "id": "1000000000000000100",
           "unavailable": true
          }
         ],
         "session_id": "abc",
         "resume_gateway_url": "wss://gateway-us-east1-b.discord.gg",
         "shard": [0, 1],
         "application": {
          "id": "1000000000000000001",
          "flags": 565248
         },
         "private_channels": [],
         "relationships": [],
         "presences": [],
         "user_settings": {},
         "session_type": "normal",
         "geo_ordered_rtc_regions": [],
         "_trace": []
        }
        """#

    static let guildCreate = #"""
        {
         "id": "1000000000000000100",
         "name": "Sandbox",
         "icon": null,
         "splash": null,
         "discovery_splash": null,
         "owner_id": "1000000000000000202",
         "region": null,
         "afk_channel_id": null,
         "afk_timeout": 300,
         "widget_enabled": false,
         "widget_channel_id": null,
         "verification_level": 0,
         "default_message_notifications": 0,
         "explicit_content_filter": 0,
         "roles": [
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
          },
          {
           "id": "1000000000000000300",
           "name": "dj",
           "color": 0,
           "colors": {
            "primary_color": 0,
            "secondary_color": null,
            "tertiary_color": null
           },
           "hoist": false,
           "icon": null,
           "unicode_emoji": null,
           "position": 1,
           "permissions": "0",
           "managed": false,
           "mentionable": false,
           "flags": 0
          }
         ],
         "emojis": [],
         "features": [],
         "mfa_level": 0,
         "application_id": null,
         "system_channel_id": null,
         "system_channel_flags": 0,
         "rules_channel_id": null,
         "max_presences": null,
         "max_members": 500000,
         "vanity_url_code": null,
         "description": null,
         "banner": null,
         "premium_tier": 0,
         "premium_subscription_count": 0,
         "preferred_locale": "en-US",
         "public_updates_channel_id": null,
         "max_video_channel_users": 25,
         "max_stage_video_channel_users": 50,
         "nsfw_level": 0,
         "nsfw": false,
         "stickers": [],
         "premium_progress_bar_enabled": false,
         "safety_alerts_channel_id": null,
         "incidents_data": null,
         "hub_type": null,
         "joined_at": "2026-11-20T00:00:00.000000+00:00",
         "large": false,
         "unavailable": false,
         "member_count": 3,
         "voice_states": [
          {
           "channel_id": "1000000000000000112",
           "user_id": "1000000000000000201",
           "session_id": "sess",
           "deaf": false,
           "mute": false,
           "self_deaf": false,
           "self_mute": false,
           "self_video": false,
           "suppress": false,
           "request_to_speak_timestamp": null
          }
         ],
         "members": [
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
            "id": "1000000000000000001",
            "username": "sandbot",
            "discriminator": "0",
            "global_name": "Sandbot",
            "avatar": null,
            "public_flags": 0,
            "flags": 0,
            "banner": null,
            "accent_color": null,
            "avatar_decoration_data": null,
            "collectibles": null,
            "primary_guild": null,
            "clan": null,
            "bot": true
           }
          },
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
          },
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
           }
          }
         ],
         "channels": [
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
          },
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
          },
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
          },
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
          },
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
         ],
         "threads": [
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
         ],
         "presences": [
          {
           "user": {
            "id": "1000000000000000201"
           },
           "status": "online",
           "activities": [],
           "client_status": {
            "desktop": "online"
           }
          }
         ],
         "stage_instances": [],
         "guild_scheduled_events": [],
         "soundboard_sounds": [],
         "embedded_activities": []
        }
        """#
}
