"""A discord.py 2.7 bot as a peer of the sandbox (or of anything that speaks Discord)."""

from checks import ALICE, GENERAL, GUILD, LOUNGE, STUDIO, admin, arguments, command, eventually, finish, last_messages, run_checks

import asyncio
import io
import logging
import math
import select
import struct
import time
import types
import urllib.request

import discord
import yarl
from discord import app_commands

discord.http.Route.BASE = arguments.rest
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(arguments.gateway)
# Its socket reader may wait up to 30 s on the socket of the connection before; look again more often.
discord.voice_state.select = types.SimpleNamespace(select=lambda r, w, x, limit: select.select(r, w, x, 0.2))
if arguments.verbose:
    discord.utils.setup_logging(level=logging.DEBUG)


class Tone(discord.AudioSource):
    """A 440 Hz tone of some frames of 20 ms."""

    def __init__(self, frames):
        self.left = frames
        self.position = 0

    def read(self):
        if self.left == 0:
            return b""
        self.left -= 1
        samples = bytearray()
        for index in range(960):
            value = int(9000 * math.sin(2 * math.pi * 440 * (self.position + index) / 48000))
            samples += struct.pack("<hh", value, value)
        self.position += 960
        return bytes(samples)


class Press(discord.ui.View):
    """One button that answers."""

    def __init__(self):
        super().__init__(timeout=None)

    @discord.ui.button(label="Press me", style=discord.ButtonStyle.primary, custom_id="press")
    async def press(self, interaction, button):
        await interaction.response.edit_message(content="pressed", view=None)


class Question(discord.ui.Modal, title="A question"):
    """One text field."""

    answer = discord.ui.TextInput(label="Answer", custom_id="answer")

    async def on_submit(self, interaction):
        await interaction.response.send_message(f"you said {self.answer.value}", ephemeral=True)


class Bot(discord.Client):
    """The bot."""

    def __init__(self):
        intents = discord.Intents.all()
        super().__init__(intents=intents)
        self.tree = app_commands.CommandTree(self)
        self.counts = {"ready": 0, "resumed": 0, "joined": 0}
        self.seen = []
        self.errors = []
        self.synced = []
        self.late = None

    async def setup_hook(self):
        define(self.tree)
        self.synced = await self.tree.sync()

    async def on_ready(self):
        self.counts["ready"] += 1

    async def on_resumed(self):
        self.counts["resumed"] += 1

    async def on_guild_join(self, guild):
        self.counts["joined"] += 1

    async def on_message(self, message):
        self.seen.append(message)

    async def on_error(self, name, *args, **kwargs):
        import traceback
        self.errors.append(traceback.format_exc())


def define(tree):
    """Declares the commands."""

    @tree.command(name="ping", description="Answers at once")
    async def ping(interaction: discord.Interaction, word: str = "pong"):
        await interaction.response.send_message(word)

    @tree.command(name="slow", description="Answers after a deferral")
    async def slow(interaction: discord.Interaction):
        await interaction.response.defer()
        await asyncio.sleep(3.3)
        await interaction.followup.send("slow answer", view=Press())

    @tree.command(name="silent", description="Does not answer")
    async def silent(interaction: discord.Interaction):
        await asyncio.sleep(3.3)
        try:
            await interaction.response.send_message("too late")
            bot.late = 0
        except discord.NotFound as error:
            bot.late = error.code

    @tree.command(name="ask", description="Opens a modal")
    async def ask(interaction: discord.Interaction):
        await interaction.response.send_modal(Question())

    @tree.command(name="secret", description="Answers so that only one sees it")
    async def secret(interaction: discord.Interaction, user: discord.Member):
        await interaction.response.send_message(f"for {user.display_name}", ephemeral=True)

    @tree.command(name="find", description="Completes")
    async def find(interaction: discord.Interaction, what: str):
        await interaction.response.send_message(what)

    @find.autocomplete("what")
    async def complete(interaction: discord.Interaction, current: str):
        return [app_commands.Choice(name=current + ending, value=current + ending) for ending in ("a", "b")]

    group = app_commands.Group(name="group", description="A group")

    @group.command(name="inner", description="A sub-command")
    async def inner(interaction: discord.Interaction, number: int):
        await interaction.response.send_message(str(number * 2))

    tree.add_command(group)


bot = Bot()


def need(condition, words="not as expected"):
    """Fails a check."""
    if not condition:
        raise AssertionError(words)


async def answer_with(content):
    """Waits for a message with this content."""
    async def look():
        return [m for m in await last_messages() if m["content"] == content]
    found = await eventually(look, 8)
    need(found, f"no message {content!r}")
    return found[-1]


async def login():
    need(await eventually(lambda: bot.counts["ready"], 15), "never ready")
    guild = bot.get_guild(GUILD)
    need(guild is not None and guild.me is not None)
    need({m.name for m in guild.members} >= {"alice", "bob", "cleo"})
    need(bot.counts["joined"] == 0, "guild_join fired for a known guild")
    return {"guild": guild.name, "channels": len(guild.channels)}


async def sync():
    need({c.name for c in bot.synced} == {"ping", "slow", "silent", "ask", "secret", "find", "group"})
    again = await bot.tree.fetch_commands()
    need({c.id for c in again} == {c.id for c in bot.synced})


async def slash():
    await command("ping", {"word": "hello there"})
    message = await answer_with("hello there")
    need(message["interaction_metadata"]["user"]["id"] == str(ALICE) and message["type"] == 20)
    await command("group inner", {"number": 21})
    await answer_with("42")


async def deferral_and_button():
    await command("slow")
    message = await answer_with("slow answer")
    need(message["flags"] & 128 == 0, "still loading")
    await admin("POST", "component", {"message_id": message["id"], "user_id": str(ALICE), "custom_id": "press"})
    pressed = await answer_with("pressed")
    need(pressed["id"] == message["id"] and pressed["components"] == [])


async def modal_and_ephemeral():
    identity = await command("ask")
    await asyncio.sleep(0.5)
    await admin("POST", "modal", {"interaction_id": identity, "user_id": str(ALICE), "custom_id": "x", "values": {"answer": "yes"}})
    message = await answer_with("you said yes")
    need(message["ephemeral_for"] == str(ALICE))
    await command("secret", {"user": str(ALICE)})
    await answer_with("for Alice")
    need("for Alice" not in [m.content async for m in bot.get_channel(GENERAL).history()], "ephemeral message in the history")


async def autocomplete():
    answer = await admin("POST", "autocomplete", {
        "channel_id": str(GENERAL), "user_id": str(ALICE), "command": "find", "options": {"what": "x"}, "focused": "what",
    })
    need([c["value"] for c in answer["choices"]] == ["xa", "xb"], answer)


async def three_seconds():
    bot.late = None
    await command("silent")
    need(await eventually(lambda: bot.late is not None, 6), "no answer to the late callback")
    need(bot.late == 10062, f"code {bot.late}")


async def messages():
    channel = bot.get_channel(GENERAL)
    embed = discord.Embed(title="T", description="D").set_image(url="attachment://a.png")
    sent = await channel.send("file", embed=embed, files=[
        discord.File(io.BytesIO(b"\x89PNG not really"), "a.png"), discord.File(io.BytesIO(b"text"), "b.txt"),
    ])
    need(len(sent.attachments) == 1 and sent.attachments[0].content_type.startswith("text/plain"))
    need(await sent.attachments[0].read() == b"text")
    await sent.add_reaction("👍")
    edited = await sent.edit(content="edited", embed=None)
    need(edited.content == "edited" and not edited.embeds)
    reply = await sent.reply("reply")
    need(reply.reference.message_id == sent.id)
    fetched = await channel.fetch_message(sent.id)
    need(fetched.reactions[0].me and fetched.reactions[0].count == 1)
    await sent.pin()
    await sent.delete()
    try:
        await channel.fetch_message(sent.id)
        raise AssertionError("deleted message found")
    except discord.NotFound as error:
        need(error.code == 10008)
    try:
        await channel.send(embed=discord.Embed(description="x" * 5000))
        raise AssertionError("long embed accepted")
    except discord.HTTPException as error:
        need(error.code == 50035 and "embeds.0.description" in str(error), str(error))
    alice = await bot.fetch_user(ALICE)
    need((await alice.send("hello")).channel.recipient == alice)


async def people_write():
    bot.seen.clear()
    await admin("POST", "message", {"channel_id": str(GENERAL), "user_id": str(ALICE), "content": "from Alice"})
    need(await eventually(lambda: [m for m in bot.seen if m.content == "from Alice" and m.author.id == ALICE], 5))


async def rate_limit():
    await admin("POST", "faults", {"kind": "rate_limit", "route": "GET /users/{user}", "count": 2, "retry_after": 0.3})
    start = asyncio.get_running_loop().time()
    need((await bot.fetch_user(ALICE)).id == ALICE)
    took = asyncio.get_running_loop().time() - start
    need(took >= 0.6, f"only {took:.2f} s")
    await asyncio.gather(*(bot.get_channel(STUDIO).edit(user_limit=0) for _ in range(7)))


async def resume():
    before = bot.counts["resumed"]
    bot.seen.clear()
    await admin("POST", "faults", {"kind": "gateway_drop"})
    await admin("POST", "message", {"channel_id": str(GENERAL), "user_id": str(ALICE), "content": "while away"})
    need(await eventually(lambda: bot.counts["resumed"] > before, 20), "no resume")
    need(await eventually(lambda: [m for m in bot.seen if m.content == "while away"], 5), "missed the replay")
    await admin("POST", "faults", {"kind": "gateway_reconnect"})
    need(await eventually(lambda: bot.counts["resumed"] > before + 1, 20), "no resume after op 7")


async def harder_faults():
    ready = bot.counts["ready"]
    resumed = bot.counts["resumed"]
    await admin("POST", "faults", {"kind": "gateway_invalid_session", "resumable": False})
    need(await eventually(lambda: bot.counts["ready"] > ready, 25), "no new session after op 9")
    await admin("POST", "faults", {"kind": "gateway_refuse", "milliseconds": 2000})
    need(await eventually(lambda: bot.counts["resumed"] > resumed, 30), "no resume after a refused gateway")
    await admin("POST", "faults", {"kind": "server_error", "route": "GET /users/{user}", "count": 1, "status": 502})
    need((await bot.fetch_user(ALICE)).id == ALICE)
    await admin("DELETE", "faults")


async def heard(channel, frames):
    """Plays a tone and returns what the listener heard of it."""
    voice = bot.get_guild(GUILD).voice_client
    await admin("POST", f"voice/{channel}/reset")
    done = asyncio.Event()
    voice.play(Tone(frames), after=lambda error: bot.loop.call_soon_threadsafe(done.set))
    await done.wait()
    await asyncio.sleep(0.3)
    streams = (await admin("GET", f"voice/{channel}/report"))["streams"]
    return streams[0] if streams else {"heard": 0, "lost": 0, "doubled": 0}


async def voice_faults():
    if left_over := bot.get_guild(GUILD).voice_client:
        await left_over.disconnect(force=True)
    voice = await bot.get_channel(LOUNGE).connect(timeout=20)

    async def sounds():
        return voice.is_connected() and (await heard(LOUNGE, 10))["heard"] >= 9
    await admin("POST", "faults", {"kind": "udp", "lost_percent": 20, "doubled_percent": 20, "seed": 3})
    stream = await heard(LOUNGE, 100)
    need(5 <= stream["lost"] <= 40 and 5 <= stream["doubled"] <= 40, stream)
    await admin("DELETE", "faults")
    need((await heard(LOUNGE, 20))["lost"] == 0)
    # The lost server comes first: after a reconnect of its own discord.py takes 4014 for a kick.
    for fault in ({"kind": "voice_server_lost", "milliseconds": 700}, {"kind": "voice_drop"},
                  {"kind": "voice_close", "code": 4006}, {"kind": "voice_close", "code": 4009}):
        before = voice.ws
        await admin("POST", "faults", fault)
        # Only after the client itself noticed: its audio may still flow, and it reads no close while it discovers its address.
        need(await eventually(lambda: voice.ws is not before, 15), f"{fault} not noticed")
        need(await eventually(lambda: voice.is_connected(), 25), f"not connected again after {fault}")
        await asyncio.sleep(0.3)
        need(await eventually(sounds, 15), f"not heard again after {fault}")
    await admin("POST", "faults", {"kind": "voice_latency", "milliseconds": 150})
    await admin("POST", "faults", {"kind": "gateway_latency", "milliseconds": 150})
    await voice.disconnect()
    start = asyncio.get_running_loop().time()
    voice = await bot.get_channel(STUDIO).connect(timeout=20)
    took = asyncio.get_running_loop().time() - start
    await admin("DELETE", "faults")
    await voice.disconnect()
    need(1 < took < 10, f"{took:.2f} s")
    return {"join_with_150_ms": round(took, 2)}


def listen(channel, seconds):
    """How many bytes the page's audio stream brings in some seconds; silence alone is about 1 kB a second."""
    end = time.monotonic() + seconds
    count = 0
    with urllib.request.urlopen(f"{arguments.page.rstrip('/')}/sandbox/api/voice/{channel}/stream.ogg", timeout=5) as stream:
        while time.monotonic() < end:
            count += len(stream.read1(65536))
    return count


async def tone():
    channel = bot.get_channel(LOUNGE)
    voice = await channel.connect(timeout=20)
    need(voice.is_connected())
    done = asyncio.Event()
    await admin("POST", f"voice/{LOUNGE}/reset")
    listening = asyncio.create_task(asyncio.to_thread(listen, LOUNGE, 2.0))
    voice.play(Tone(100), after=lambda error: bot.loop.call_soon_threadsafe(done.set))
    await done.wait()
    need(await listening > 6000, "the page's stream carried only silence")
    await asyncio.sleep(0.3)
    streams = (await admin("GET", f"voice/{LOUNGE}/report"))["streams"]
    need(streams and streams[0]["heard"] >= 99, streams)
    need(streams[0]["lost"] == 0 and streams[0]["doubled"] == 0 and streams[0]["undecodable"] == 0, streams)
    return streams[0]


async def voice_moves():
    voice = bot.get_guild(GUILD).voice_client
    await voice.move_to(bot.get_channel(STUDIO))
    need(await eventually(lambda: voice.is_connected() and voice.channel.id == STUDIO, 15), "not moved")
    await asyncio.sleep(0.5)
    await admin("POST", f"voice/{STUDIO}/reset")
    done = asyncio.Event()
    voice.play(Tone(25), after=lambda error: bot.loop.call_soon_threadsafe(done.set))
    await done.wait()
    await asyncio.sleep(0.3)
    streams = (await admin("GET", f"voice/{STUDIO}/report"))["streams"]
    need(streams and streams[0]["heard"] >= 24, streams)
    # discord.py may miss its own wake-up when the old connection closes in the same turn of its loop as it looks at its
    # state; it then waits 30 s and leaves. So it gets three moves to come back from one.
    for attempt in range(3):
        before = voice.ws
        await admin("POST", "faults", {"kind": "voice_server_move"})
        if await eventually(lambda: voice.is_connected() and voice.ws is not before, 10):
            break
        await voice.disconnect(force=True)
        voice = await bot.get_channel(STUDIO).connect(timeout=20)
    else:
        need(False, "not back after three server moves")
    await voice.disconnect()
    states = (await admin("GET", "world"))["voice_states"]
    need(not [s for s in states if s["user_id"] == str(bot.user.id)], "still in voice")


async def main():
    task = asyncio.create_task(bot.start(arguments.token))
    await run_checks("discord.py " + discord.__version__, limit=90, checks=[
        ("login", login), ("sync", sync), ("slash", slash), ("deferral_and_button", deferral_and_button),
        ("modal_and_ephemeral", modal_and_ephemeral), ("autocomplete", autocomplete), ("three_seconds", three_seconds),
        ("messages", messages), ("people_write", people_write), ("rate_limit", rate_limit), ("resume", resume),
        ("harder_faults", harder_faults), ("voice_tone", tone), ("voice_moves", voice_moves),
        ("voice_faults", voice_faults),
    ])
    await bot.close()
    await asyncio.wait([task], timeout=5)
    finish()


asyncio.run(main())
