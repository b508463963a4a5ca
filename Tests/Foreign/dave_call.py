"""Encrypted calls of 2 to 5 members on two implementations that join, leave and rejoin in random order (--seed, --steps).

After every change: the delivery service is settled, the privacy codes agree on all sides, each hears each, and every
frame came encrypted and was decrypted.
"""

from checks import LOUNGE, admin, arguments, finish, report

import asyncio
import logging
import random

import dave_davey
import dave_libdave
from dave_peer import until

if arguments.verbose:
    logging.basicConfig(level=logging.DEBUG)
else:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("discord.voice_state").setLevel(logging.INFO)
FRAMES = 3  # that each must hear of each after a change


async def make(kind, number, **more):
    """A bot of the world that uses one of the implementations."""
    made = await admin("POST", "bots", {"name": f"{kind.Peer.kind} {number}"})
    peer = kind.Peer(made["token"], int(made["user_id"]), **more)
    await peer.start()
    return peer


async def settle(call, encrypted=True, others=()):
    """Waits until the call is settled and everybody sends under the same privacy code; the code, None without one.

    `others` are members beside these peers; the privacy codes of the sandbox's people must agree too.
    """
    wanted = {str(peer.user) for peer in call} | {str(user) for user in others}

    async def look():
        state = await admin("GET", f"voice/{LOUNGE}/dave")
        if not state["settled"] or {member["user_id"] for member in state["members"]} != wanted:
            return None
        if len(wanted) < 2 or not encrypted:
            return (None,) if not any(peer.is_encrypting for peer in call) else None
        codes = {peer.code for peer in call} | {plain_code(person["privacy_code"]) for person in state["people"]}
        return (codes.pop(),) if len(codes) == 1 and None not in codes else None

    def what():
        return f"agreement of {[(peer.kind, peer.code) for peer in call]}"

    return (await until(look, what=what))[0]


def plain_code(code):
    """A privacy code without its spaces."""
    return code and code.replace(" ", "").replace("-", "")


async def each_hears_each(call, encrypted=True, talkers=()):
    """Everybody speaks until each heard enough of each, and of the talkers, who speak by themselves."""
    # What talkers sent before they heard of a newcomer is not for its ears; from the first frame on that it hears, all are.
    for peer in call:
        peer.ears.forget()
    await until(
        lambda: all(peer.ears.frames.get(user) for peer in call for user in talkers), what=f"the first frames of {talkers}")
    for peer in call:
        peer.ears.forget()
    before = {peer.user: peer.sent for peer in call}

    def lacking():
        return [
            (ears.user, user) for ears in call for user in [*(peer.user for peer in call), *talkers]
            if ears.user != user and len(ears.ears.frames.get(user, ())) < FRAMES
        ]

    async def round():
        for peer in call:
            peer.speak()
        return not lacking()

    await until(round, what=lambda: f"hearing of {lacking()}")
    for ears in call:
        assert not ears.ears.failed, (ears.kind, ears.user, ears.ears.failed[:3])
        assert not encrypted or len(call) + len(talkers) < 2 or ears.ears.plain == 0, (ears.kind, ears.ears.plain, "frames not encrypted")
        for sender, frames in ears.ears.frames.items():
            assert sender in talkers or all(frame[1:].startswith(str(sender).encode()) for frame in frames), "not what was said"
    return sum(peer.sent - before[peer.user] for peer in call)


def draw(dice, inside, outside, least=1):
    """Who comes and who goes next."""
    while True:
        coming = dice.sample(outside, min(len(outside), dice.choice([0, 0, 1, 1, 2])))
        going = dice.sample(inside, min(len(inside), dice.choice([0, 0, 1, 1, 2])))
        if (coming or going) and least <= len(inside) + len(coming) - len(going) <= 5:
            return coming, going


async def main():
    dice = random.Random(arguments.seed)
    kinds = [dave_davey, dave_libdave, dave_davey, dave_libdave, dice.choice([dave_davey, dave_libdave])]
    everybody = [await make(kind, number) for number, kind in enumerate(kinds)]
    inside, trace = [], []
    try:
        for step in range(arguments.steps):
            outside = [peer for peer in everybody if peer not in inside]
            coming, going = draw(dice, inside, outside) if step else (dice.sample(outside, 2), [])
            trace.append(f"+{[peer.kind for peer in coming]} -{[peer.kind for peer in going]}")
            await asyncio.gather(*[peer.join(LOUNGE) for peer in coming], *[peer.leave() for peer in going])
            inside = [peer for peer in inside + coming if peer not in going]
            code = await settle(inside)
            frames = await each_hears_each(inside)
            report("call", f"step {step}", True, change=trace[-1], members=len(inside), code=code, frames=frames)
        counts = (await admin("GET", f"voice/{LOUNGE}/dave")).get("counts")
        report("call", "whole", True, seed=arguments.seed, counts=counts)
    except Exception as error:  # noqa: BLE001: every failure is a result
        state = await admin("GET", f"voice/{LOUNGE}/dave")
        report("call", "whole", False, seed=arguments.seed, error=f"{type(error).__name__}: {error}", trace=trace, state=state)
    for peer in everybody:
        await asyncio.wait_for(peer.stop(), 10)
    finish()


if __name__ == "__main__":
    asyncio.run(main())
