"""Writes the gateway stream of `benchmarks gateway`: the same messages as plain text, zlib-stream and zstd-stream.

The messages have the fields that Discord sends. Each file is a row of frames: four bytes of length, then the frame.
A seeded generator makes the same stream for the same number of events.
"""

import json
import pathlib
import random
import struct
import sys
import zlib

import zstandard

EPOCH = 1420070400000
WORDS = "der song is really great please play another one after this tune I love the prelude 🎵 schön naïve".split()
random_source = random.Random(846)


def snowflake(number):
    return str(((1_700_000_000_000 - EPOCH + number * 1000) << 22) | number)


def user(number, bot=False):
    return {
        "id": snowflake(number), "username": f"person{number}", "discriminator": "0", "global_name": f"Person {number}",
        "avatar": f"{number:032x}", "public_flags": 0, "avatar_decoration_data": None, "collectibles": None,
        "primary_guild": None, "clan": None, "display_name_styles": None, "bot": bot,
    }


def member(number, roles=(), with_user=True):
    value = {
        "avatar": None, "banner": None, "communication_disabled_until": None, "deaf": False, "flags": 0,
        "joined_at": "2024-03-01T12:00:00.000000+00:00", "mute": False, "nick": None, "pending": False,
        "premium_since": None, "roles": list(roles), "unusual_dm_activity_until": None,
    }
    if with_user:
        value["user"] = user(number)
    return value


def voice_state(guild, channel, number):
    return {
        "guild_id": guild, "channel_id": channel, "user_id": snowflake(number), "member": member(number),
        "session_id": f"{number:032x}", "deaf": False, "mute": False, "self_deaf": False, "self_mute": False,
        "self_video": False, "suppress": False, "request_to_speak_timestamp": None,
    }


class Guild:
    def __init__(self, number):
        base = 100_000 * (number + 1)
        self.id = snowflake(base)
        self.people = [base + 1000 + index for index in range(80)]
        self.text = [snowflake(base + 100 + index) for index in range(20)]
        self.voice = [snowflake(base + 200 + index) for index in range(6)]
        self.roles = [self.id] + [snowflake(base + 300 + index) for index in range(12)]
        self.name = f"Guild {number}"

    def create(self):
        role = {
            "color": 0, "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None}, "flags": 0,
            "hoist": False, "icon": None, "managed": False, "mentionable": False, "permissions": "2248473465835073",
            "unicode_emoji": None,
        }
        channels = [
            {
                "id": channel, "type": 0, "name": f"text-{index}", "position": index, "parent_id": None, "topic": None,
                "nsfw": False, "rate_limit_per_user": 0, "last_message_id": None, "flags": 0, "version": 0,
                "permission_overwrites": [{"id": self.roles[1], "type": 0, "allow": "1024", "deny": "2048"}],
            } for index, channel in enumerate(self.text)
        ] + [
            {
                "id": channel, "type": 2, "name": f"Voice {index}", "position": index, "parent_id": None, "nsfw": False,
                "bitrate": 64000, "user_limit": 0, "rtc_region": None, "rate_limit_per_user": 0, "flags": 0,
                "permission_overwrites": [], "last_message_id": None, "version": 0,
            } for index, channel in enumerate(self.voice)
        ]
        return {
            "id": self.id, "name": self.name, "icon": None, "splash": None, "discovery_splash": None, "banner": None,
            "owner_id": snowflake(self.people[0]), "region": "deprecated", "afk_channel_id": None, "afk_timeout": 300,
            "verification_level": 1, "default_message_notifications": 0, "explicit_content_filter": 2, "mfa_level": 0,
            "features": ["COMMUNITY", "NEWS"], "application_id": None, "system_channel_id": self.text[0],
            "system_channel_flags": 0, "rules_channel_id": None, "public_updates_channel_id": None,
            "safety_alerts_channel_id": None, "max_members": 500000, "max_presences": None, "vanity_url_code": None,
            "description": None, "premium_tier": 0, "premium_subscription_count": 0, "preferred_locale": "en-US",
            "max_video_channel_users": 25, "max_stage_video_channel_users": 50, "nsfw_level": 0, "nsfw": False,
            "premium_progress_bar_enabled": False, "hub_type": None, "incidents_data": None, "lazy": True,
            "joined_at": "2024-03-01T12:00:00.000000+00:00", "large": False, "unavailable": False, "version": 1,
            "member_count": len(self.people), "presences": [], "threads": [], "stage_instances": [],
            "guild_scheduled_events": [], "soundboard_sounds": [], "emojis": [], "stickers": [], "embedded_activities": [],
            "roles": [
                dict(role, id=identifier, name="@everyone" if index == 0 else f"Role {index}", position=index, tags={})
                for index, identifier in enumerate(self.roles)
            ],
            "members": [member(person, random_source.sample(self.roles[1:], 2)) for person in self.people]
            + [dict(member(1), user=user(1, bot=True))],
            "channels": channels,
            "voice_states": [
                {key: value for key, value in voice_state(self.id, self.voice[0], person).items()
                 if key not in ("member", "guild_id")} for person in self.people[:10]
            ],
        }


def text():
    return " ".join(random_source.choices(WORDS, k=random_source.randint(3, 20)))


def message(guild, number):
    author = random_source.choice(guild.people)
    return {
        "id": snowflake(number), "channel_id": random_source.choice(guild.text), "guild_id": guild.id, "type": 0,
        "author": user(author), "member": member(author, guild.roles[1:3], with_user=False), "content": text(),
        "timestamp": "2026-11-20T12:00:00.000000+00:00", "edited_timestamp": None, "tts": False,
        "mention_everyone": False, "mentions": [], "mention_roles": [], "attachments": [], "components": [],
        "embeds": [{
            "type": "rich", "title": "Now playing", "description": text(), "color": 5793266,
            "fields": [{"name": "Length", "value": "3:20", "inline": True}],
        }] if random_source.random() < 0.1 else [],
        "pinned": False, "flags": 0, "nonce": snowflake(number), "channel_type": 0,
    }


def interaction(guild, number):
    person = random_source.choice(guild.people)
    channel = random_source.choice(guild.text)
    return {
        "id": snowflake(number), "application_id": snowflake(1), "type": 2, "token": f"{number:0120x}", "version": 1,
        "guild_id": guild.id, "channel_id": channel, "locale": "en-US", "guild_locale": "en-US", "context": 0,
        "channel": {"id": channel, "type": 0, "name": "music", "guild_id": guild.id, "permissions": "2248473465835073",
                    "position": 0, "parent_id": None, "nsfw": False, "rate_limit_per_user": 0, "flags": 0, "topic": None,
                    "last_message_id": None},
        "guild": {"id": guild.id, "features": ["COMMUNITY"], "locale": "en-US"},
        "member": dict(member(person, guild.roles[1:3]), permissions="2248473465835073"),
        "app_permissions": "2248473465835073", "authorizing_integration_owners": {"0": guild.id}, "entitlements": [],
        "entitlement_sku_ids": [], "attachment_size_limit": 10485760,
        "data": {"id": snowflake(7), "name": "play", "type": 1,
                 "options": [{"name": "song", "type": 3, "value": text()}]},
    }


def events(count):
    yield "READY", {
        "v": 10, "user": dict(user(1, bot=True), verified=True, mfa_enabled=False, email=None, flags=0, bio=""),
        "guilds": [{"id": guild.id, "unavailable": True} for guild in GUILDS], "session_id": "benchmark",
        "resume_gateway_url": "wss://gateway.example", "shard": [0, 1], "session_type": "normal", "private_channels": [],
        "application": {"id": snowflake(1), "flags": 565248}, "relationships": [], "presences": [],
        "user_settings": {}, "user_settings_proto": "", "geo_ordered_rtc_regions": ["rotterdam"], "guild_join_requests": [],
        "auth": {}, "_trace": [],
    }
    for guild in GUILDS:
        yield "GUILD_CREATE", guild.create()
    sent = []
    for number in range(10_000_000, 10_000_000 + count):
        guild = random_source.choice(GUILDS)
        chance = random_source.random()
        if chance < 0.5:
            sent.append(message(guild, number))
            del sent[:-500]
            yield "MESSAGE_CREATE", sent[-1]
        elif chance < 0.6 and sent:
            edited = random_source.choice(sent)
            yield "MESSAGE_UPDATE", dict(edited, content=text(), edited_timestamp="2026-11-20T12:01:00.000000+00:00")
        elif chance < 0.75:
            channel = random_source.choice([None, *guild.voice])
            yield "VOICE_STATE_UPDATE", voice_state(guild.id, channel, random_source.choice(guild.people))
        elif chance < 0.8:
            changed = member(random_source.choice(guild.people), random_source.sample(guild.roles[1:], 2))
            yield "GUILD_MEMBER_UPDATE", dict(changed, guild_id=guild.id, nick=f"Nick {number}")
        elif chance < 0.95:
            person = random_source.choice(guild.people)
            yield "TYPING_START", {
                "user_id": snowflake(person), "timestamp": 1763640000, "member": member(person), "guild_id": guild.id,
                "channel_id": random_source.choice(guild.text),
            }
        else:
            yield "INTERACTION_CREATE", interaction(guild, number)


GUILDS = [Guild(number) for number in range(20)]


def main():
    folder, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    deflate = zlib.compressobj()
    zstd = zstandard.ZstdCompressor(level=6).compressobj()
    files = {name: open(folder / name, "wb") for name in ("none", "zlib-stream", "zstd-stream")}

    def write(value):
        plain = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
        frames = {
            "none": plain,
            "zlib-stream": deflate.compress(plain) + deflate.flush(zlib.Z_SYNC_FLUSH),
            "zstd-stream": zstd.compress(plain) + zstd.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK),
        }
        for name, frame in frames.items():
            files[name].write(struct.pack(">I", len(frame)) + frame)

    write({"op": 10, "d": {"heartbeat_interval": 41250, "_trace": []}, "s": None, "t": None})
    total = 0
    for total, (name, data) in enumerate(events(count), 1):
        write({"t": name, "s": total, "op": 0, "d": data})
    for file in files.values():
        file.close()
    print(total)


main()
