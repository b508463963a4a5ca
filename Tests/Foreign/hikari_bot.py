"""A hikari 2.7 bot as a peer of the sandbox: login, an interaction, rate limits."""

from checks import ALICE, GENERAL, GUILD, LOUNGE, admin, arguments, command, eventually, finish, last_messages, run_checks

import asyncio

import hikari

bot = hikari.GatewayBot(
    arguments.token, rest_url=arguments.rest, intents=hikari.Intents.ALL, banner=None,
    logs="TRACE_HIKARI" if arguments.verbose else "ERROR",
)
state = {"started": 0, "guild": None, "seen": [], "voice": None}


def need(condition, words="not as expected"):
    """Fails a check."""
    if not condition:
        raise AssertionError(words)


@bot.listen()
async def on_started(event: hikari.StartedEvent):
    state["started"] += 1


@bot.listen()
async def on_guild(event: hikari.GuildAvailableEvent):
    state["guild"] = event.guild


@bot.listen()
async def on_message(event: hikari.GuildMessageCreateEvent):
    state["seen"].append(event.content)


@bot.listen()
async def on_voice(event: hikari.VoiceServerUpdateEvent):
    state["voice"] = event


@bot.listen()
async def on_interaction(event: hikari.InteractionCreateEvent):
    interaction = event.interaction
    if isinstance(interaction, hikari.CommandInteraction):
        row = bot.rest.build_message_action_row().add_interactive_button(hikari.ButtonStyle.SUCCESS, "go", label="Go")
        await interaction.create_initial_response(hikari.ResponseType.DEFERRED_MESSAGE_CREATE)
        await interaction.edit_initial_response(f"hikari: {interaction.options[0].value}", component=row)
        await interaction.execute("hikari follow-up", flags=hikari.MessageFlag.EPHEMERAL)
    elif isinstance(interaction, hikari.ComponentInteraction):
        await interaction.create_initial_response(hikari.ResponseType.MESSAGE_UPDATE, "hikari pressed", component=None)


async def login():
    need(await eventually(lambda: state["started"] and state["guild"], 15), "never started")
    need(state["guild"].id == GUILD and len(bot.cache.get_members_view_for_guild(GUILD)) >= 4)


async def interaction():
    application = await bot.rest.fetch_application()
    builder = bot.rest.slash_command_builder("echo", "Says it again").add_option(
        hikari.CommandOption(type=hikari.OptionType.STRING, name="what", description="what to say", is_required=True)
    )
    commands = await bot.rest.set_application_commands(application.id, [builder], guild=GUILD)
    need(commands[0].guild_id == GUILD)
    await command("echo", {"what": "hey"})

    async def look(content):
        return [m for m in await last_messages() if m["content"] == content]
    found = await eventually(lambda: look("hikari: hey"), 8)
    need(found, "no answer")
    need(await eventually(lambda: look("hikari follow-up"), 8), "no follow-up")
    await admin("POST", "component", {"message_id": found[0]["id"], "user_id": str(ALICE), "custom_id": "go"})
    need(await eventually(lambda: look("hikari pressed"), 8), "button had no effect")


async def rate_limit():
    loop = asyncio.get_running_loop()
    start = loop.time()
    sent = await asyncio.gather(*(bot.rest.create_message(GENERAL, f"number {i}") for i in range(7)))
    took = loop.time() - start
    need(len({m.id for m in sent}) == 7)
    await admin("POST", "faults", {"kind": "rate_limit", "route": "GET /users/{user}", "count": 1, "retry_after": 0.4})
    start = loop.time()
    need((await bot.rest.fetch_user(ALICE)).id == ALICE)
    need(loop.time() - start >= 0.4, "did not wait for the 429")
    return {"seven_messages_s": round(took, 2)}


async def people_write():
    await admin("POST", "message", {"channel_id": str(GENERAL), "user_id": str(ALICE), "content": "hello hikari"})
    need(await eventually(lambda: "hello hikari" in state["seen"], 5))


async def voice_state():
    await bot.update_voice_state(GUILD, LOUNGE)
    need(await eventually(lambda: state["voice"], 5), "no voice server")
    need(await eventually(lambda: bot.cache.get_voice_state(GUILD, bot.get_me().id), 5))
    await bot.update_voice_state(GUILD, None)
    return {"endpoint": state["voice"].endpoint}


async def resume():
    await admin("POST", "faults", {"kind": "gateway_reconnect"})
    await asyncio.sleep(0.5)
    await admin("POST", "message", {"channel_id": str(GENERAL), "user_id": str(ALICE), "content": "after op 7"})
    need(await eventually(lambda: "after op 7" in state["seen"], 15))


async def main():
    await bot.start(check_for_updates=False)
    await run_checks("hikari " + hikari.__version__, [
        ("login", login), ("interaction", interaction), ("rate_limit", rate_limit), ("people_write", people_write),
        ("voice_state", voice_state), ("resume", resume),
    ])
    await asyncio.wait([asyncio.create_task(bot.close())], timeout=5)
    finish()


asyncio.run(main())
