extension Fixture {
    static let slashCommand = #"""
        {
         "id": "1000000000000000700",
         "application_id": "1000000000000000001",
         "type": 2,
         "data": {
          "id": "1000000000000000800",
          "name": "play",
          "type": 1,
          "guild_id": "1000000000000000100",
          "options": [
           {
            "name": "query",
            "type": 3,
            "value": "song"
           },
           {
            "name": "who",
            "type": 6,
            "value": "1000000000000000201"
           }
          ],
          "resolved": {
           "users": {
            "1000000000000000201": {
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
           "members": {
            "1000000000000000201": {
             "nick": null,
             "avatar": null,
             "banner": null,
             "roles": ["1000000000000000300"],
             "joined_at": "2026-11-20T00:00:00.000000+00:00",
             "premium_since": null,
             "flags": 0,
             "pending": false,
             "communication_disabled_until": null,
             "unusual_dm_activity_until": null,
             "avatar_decoration_data": null,
             "permissions": "2248473465835073"
            }
           }
          }
         },
         "guild": {
          "id": "1000000000000000100",
          "locale": "en-US",
          "features": []
         },
         "guild_id": "1000000000000000100",
         "channel": {
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
          "last_pin_timestamp": null,
          "permissions": "2248473465835073",
          "app_permissions": "2248473465835073"
         },
         "channel_id": "1000000000000000111",
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
          },
          "permissions": "2248473465835073"
         },
         "token": "tok",
         "version": 1,
         "app_permissions": "2248473465835073",
         "locale": "en-US",
         "guild_locale": "en-US",
         "entitlements": [],
         "entitlement_sku_ids": [],
         "authorizing_integration_owners": {
          "0": "1000000000000000100"
         },
         "context": 0,
         "attachment_size_limit": 10485760
        }
        """#

    static let autocomplete = #"""
        {
         "id": "1000000000000000700",
         "application_id": "1000000000000000001",
         "type": 4,
         "data": {
          "id": "1000000000000000800",
          "name": "play",
          "type": 1,
          "options": [
           {
            "name": "query",
            "type": 3,
            "value": "so",
            "focused": true
           }
          ]
         },
         "guild": {
          "id": "1000000000000000100",
          "locale": "en-US",
          "features": []
         },
         "guild_id": "1000000000000000100",
         "channel": {
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
          "last_pin_timestamp": null,
          "permissions": "2248473465835073",
          "app_permissions": "2248473465835073"
         },
         "channel_id": "1000000000000000111",
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
          },
          "permissions": "2248473465835073"
         },
         "token": "tok",
         "version": 1,
         "app_permissions": "2248473465835073",
         "locale": "en-US",
         "guild_locale": "en-US",
         "entitlements": [],
         "entitlement_sku_ids": [],
         "authorizing_integration_owners": {
          "0": "1000000000000000100"
         },
         "context": 0,
         "attachment_size_limit": 10485760
        }
        """#

    static let button = #"""
        {
         "id": "1000000000000000700",
         "application_id": "1000000000000000001",
         "type": 3,
         "data": {
          "custom_id": "x",
          "component_type": 2,
          "id": 2
         },
         "guild": {
          "id": "1000000000000000100",
          "locale": "en-US",
          "features": []
         },
         "guild_id": "1000000000000000100",
         "channel": {
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
          "last_pin_timestamp": null,
          "permissions": "2248473465835073",
          "app_permissions": "2248473465835073"
         },
         "channel_id": "1000000000000000111",
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
          },
          "permissions": "2248473465835073"
         },
         "token": "tok",
         "version": 1,
         "app_permissions": "2248473465835073",
         "locale": "en-US",
         "guild_locale": "en-US",
         "entitlements": [],
         "entitlement_sku_ids": [],
         "authorizing_integration_owners": {
          "0": "1000000000000000100"
         },
         "context": 0,
         "attachment_size_limit": 10485760,
         "message": {
          "id": "1000000000000000400",
          "channel_id": "1000000000000000111",
          "author": {
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
          "components": [
           {
            "type": 1,
            "id": 1,
            "components": [
             {
              "type": 2,
              "id": 2,
              "style": 1,
              "label": "X",
              "custom_id": "x"
             }
            ]
           }
          ],
          "nonce": null,
          "channel_type": 0,
          "webhook_id": "1000000000000000001",
          "application_id": "1000000000000000001",
          "interaction_metadata": {
           "id": "1000000000000000700",
           "type": 2,
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
           },
           "authorizing_integration_owners": {
            "0": "1000000000000000100"
           }
          }
         }
        }
        """#

    static let modalSubmit = #"""
        {
         "id": "1000000000000000700",
         "application_id": "1000000000000000001",
         "type": 5,
         "data": {
          "custom_id": "m",
          "components": [
           {
            "type": 18,
            "id": 1,
            "component": {
             "type": 4,
             "id": 2,
             "custom_id": "t",
             "value": "v"
            }
           }
          ]
         },
         "guild": {
          "id": "1000000000000000100",
          "locale": "en-US",
          "features": []
         },
         "guild_id": "1000000000000000100",
         "channel": {
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
          "last_pin_timestamp": null,
          "permissions": "2248473465835073",
          "app_permissions": "2248473465835073"
         },
         "channel_id": "1000000000000000111",
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
          },
          "permissions": "2248473465835073"
         },
         "token": "tok",
         "version": 1,
         "app_permissions": "2248473465835073",
         "locale": "en-US",
         "guild_locale": "en-US",
         "entitlements": [],
         "entitlement_sku_ids": [],
         "authorizing_integration_owners": {
          "0": "1000000000000000100"
         },
         "context": 0,
         "attachment_size_limit": 10485760
        }
        """#

    static let callbackResponse = #"""
        {
         "interaction": {
          "id": "1000000000000000700",
          "type": 2,
          "response_message_id": "1000000000000009001",
          "response_message_loading": false,
          "response_message_ephemeral": false
         },
         "resource": {
          "type": 4,
          "message": {
           "id": "1000000000000000400",
           "channel_id": "1000000000000000111",
           "guild_id": "1000000000000000100",
           "author": {
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
         }
        }
        """#
}
