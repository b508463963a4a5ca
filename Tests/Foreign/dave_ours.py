"""Our bot plays to Alice while foreign members join, leave and rejoin its call in random order (--seed, --steps).

After every change codes agree on all sides (the bot's is read from /voice status), each hears each, the foreign members
hear the bot's song as Alice does, and Alice, who listens with our own client, hears all of them.
"""

from checks import ALICE, GENERAL, LOUNGE, admin, arguments, command, finish, last_messages, report

import asyncio
import logging
import random
import re

import dave_davey
import dave_libdave
from dave_call import draw, each_hears_each, make, plain_code, settle
from dave_peer import until

logging.getLogger("discord").setLevel(logging.ERROR)
BOT = 1_000_000_000_000_000_001
SONGS = ["prelude in c", "cello suite", "elise"]


async def streams():
    """What Alice heard, by sender."""
    found = {}
    for stream in (await admin("GET", f"voice/{LOUNGE}/report"))["streams"]:
        found[int(stream["user_id"])] = stream
    return found


async def alice_hears(users):
    """Waits until Alice has heard encrypted frames of all of these, and nothing that she could not decrypt."""
    async def look():
        heard = await streams()
        return all(heard.get(user, {}).get("encrypted", 0) >= 3 for user in users)

    await until(look, what="Alice's hearing of everybody")
    for user, stream in (await streams()).items():
        assert stream["undecryptable"] == stream["sealed"] == 0, (user, stream)


async def bot_shows(code):
    """Waits until /voice status shows this privacy code."""
    async def look():
        identity = await command("voice status")

        async def answer():
            for message in await last_messages():
                if (message.get("interaction_metadata") or {}).get("id") == identity and not message["flags"] & 128:
                    return message["content"]

        found = re.search(r"\d{5}( \d{5}){5}", await until(answer, what="an answer to /voice status"))
        return found and plain_code(found[0]) == code

    await until(look, what=f"{code} in /voice status")


async def bot_is_heard_as_it_is(call):
    """What the foreign members heard of the bot is what Alice heard."""
    async def look():
        heard = {
            payload for stream in await admin("GET", f"voice/{LOUNGE}/frames") for _, _, payload in stream["frames"]
        }
        return all(frame.hex() in heard for peer in call for frame in peer.ears.frames.get(BOT, ()))

    await until(look, what="agreement about the song")


async def main():
    dice = random.Random(arguments.seed)
    everybody = [await make(kind, number) for number, kind in enumerate([dave_davey, dave_libdave, dave_libdave])]
    await admin("POST", "voice/join", {"user_id": str(ALICE), "channel_id": str(LOUNGE)})
    for song in SONGS:
        await command("play", {"query": song}, channel=GENERAL)

    async def is_playing():
        return (await streams()).get(BOT, {}).get("heard", 0) > 25

    trace, inside = [], []
    try:
        await until(is_playing, what="the song")
        for step in range(arguments.steps):
            outside = [peer for peer in everybody if peer not in inside]
            coming, going = draw(dice, inside, outside, least=0) if step else (dice.sample(outside, 1), [])
            trace.append(f"+{[peer.kind for peer in coming]} -{[peer.kind for peer in going]}")
            await asyncio.gather(*[peer.join(LOUNGE) for peer in coming], *[peer.leave() for peer in going])
            inside = [peer for peer in inside + coming if peer not in going]
            code = await settle(inside, others=[ALICE, BOT])
            await bot_shows(code)
            frames = await each_hears_each(inside, talkers=[BOT])
            await alice_hears([BOT, *(peer.user for peer in inside)])
            await bot_is_heard_as_it_is(inside)
            report("ours", f"step {step}", True, change=trace[-1], members=len(inside) + 2, code=code, frames=frames)
        bot = (await streams())[BOT]
        assert bot["lost"] == bot["doubled"] == bot["undecryptable"] == 0, bot
        assert bot["encrypted"] == bot["heard"] + bot["silence"], bot
        counts = (await admin("GET", f"voice/{LOUNGE}/dave"))["counts"]
        report("ours", "whole", True, seed=arguments.seed, counts=counts, bot=bot)
    except Exception as error:  # noqa: BLE001: every failure is a result
        state = await admin("GET", f"voice/{LOUNGE}/dave")
        heard = await streams()
        report(
            "ours", "whole", False, seed=arguments.seed, error=f"{type(error).__name__}: {error}", trace=trace, state=state,
            heard=heard.get(BOT))
    for peer in everybody:
        await asyncio.wait_for(peer.stop(), 10)
    finish()


asyncio.run(main())
