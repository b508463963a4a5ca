"""A disnake 2.12 bot as a peer of the sandbox: login, command sync, an interaction with a select, encrypted voice."""

from checks import ALICE, GENERAL, GUILD, LOUNGE, admin, arguments, command, eventually, finish, last_messages, run_checks

import asyncio
import logging

import disnake
import disnake.http
from disnake.ext import commands

disnake.http.Route.BASE = arguments.rest
if arguments.verbose:
    logging.basicConfig(level=logging.DEBUG)
bot = None
state = {"ready": 0}


def need(condition, words="not as expected"):
    """Fails a check."""
    if not condition:
        raise AssertionError(words)


def make():
    """Makes the bot; disnake ties it to the running event loop."""
    made = commands.InteractionBot(intents=disnake.Intents.all(), test_guilds=[GUILD])

    @made.event
    async def on_ready():
        state["ready"] += 1

    @made.slash_command(description="Lets one choose")
    async def choose(interaction: disnake.ApplicationCommandInteraction, first: str):
        view = disnake.ui.View()
        view.add_item(disnake.ui.StringSelect(custom_id="pick", options=[first, "other"]))
        await interaction.response.send_message("choose", view=view)

    @made.listen("on_dropdown")
    async def picked(interaction: disnake.MessageInteraction):
        await interaction.response.send_message("picked " + interaction.values[0])

    return made


async def login():
    need(await eventually(lambda: state["ready"], 20), "never ready")
    need(bot.get_guild(GUILD).me is not None)


async def select():
    async def known():
        return [c for c in (await admin("GET", "world"))["commands"] if c["name"] == "choose"]
    need(await eventually(known, 10), "command not synced")

    async def look(content):
        return [m for m in await last_messages() if m["content"] == content]
    await command("choose", {"first": "one"})
    found = await eventually(lambda: look("choose"), 8)
    need(found, "no answer")
    await admin("POST", "component", {"message_id": found[-1]["id"], "user_id": str(ALICE), "custom_id": "pick", "values": ["one"]})
    need(await eventually(lambda: look("picked one"), 8), "select had no effect")


async def voice():
    """Speaks to Alice, on libdave."""
    await admin("POST", "voice/join", {"user_id": str(ALICE), "channel_id": str(LOUNGE)})
    connection = await bot.get_channel(LOUNGE).connect(timeout=20)

    async def in_group():
        return (await admin("GET", f"voice/{LOUNGE}/dave"))["settled"] and connection.dave.can_encrypt()
    need(await eventually(in_group, 20), "never in the call's group")
    await connection.ws.speak(1)

    async def heard():
        connection.send_audio_packet(b"\x78" + bytes(60), encode=False)
        streams = (await admin("GET", f"voice/{LOUNGE}/report"))["streams"]
        return [s for s in streams if s["encrypted"] >= 5 and s["undecryptable"] == 0]
    need(await eventually(heard, 20), "not heard")
    await connection.disconnect()


async def main():
    global bot
    bot = make()
    task = asyncio.create_task(bot.start(arguments.token))
    await run_checks("disnake " + disnake.__version__, [("login", login), ("select", select), ("voice", voice)])
    await asyncio.wait([asyncio.create_task(bot.close()), task], timeout=5)
    finish()


asyncio.run(main())
