"""What goes wrong in encrypted calls, with two foreign implementations in them; each check begins with an empty channel."""

from checks import LOUNGE, admin, arguments, finish, run_checks

import asyncio
import logging
import sys
import traceback

import dave_davey
import dave_libdave
from dave_call import each_hears_each, make, settle
from dave_peer import until

if arguments.verbose:
    logging.basicConfig(level=logging.DEBUG)
else:
    logging.getLogger("discord").setLevel(logging.CRITICAL)
davey, libdave, other_davey, other_libdave, plain = [None] * 5


async def state():
    """The call as the delivery service sees it."""
    return await admin("GET", f"voice/{LOUNGE}/dave")


async def fault(kind, **values):
    await admin("POST", "faults", {"kind": kind, **values})


async def call(*members):
    """A settled call of these."""
    await asyncio.gather(*[member.join(LOUNGE) for member in members])
    await settle(members)


async def good(*members, encrypted=True):
    """The call settles, codes agree, and each hears each; what the delivery service counted."""
    await settle(members, encrypted)
    await each_hears_each(members, encrypted)
    return (await state())["counts"]


def check(body):
    """A check that leaves nobody in the channel and no fault."""
    async def run():
        try:
            return await body()
        except BaseException:
            traceback.print_exc()
            print(await state(), file=sys.stderr)
            raise
        finally:
            await admin("DELETE", "faults")
            for peer in (davey, libdave, other_davey, other_libdave, plain):
                if getattr(peer, "voice", None) or getattr(peer, "call", None):
                    await peer.leave()

    return body.__name__, run


async def corrupted_welcome():
    await call(davey, libdave)
    counts = []
    for newcomer in (other_davey, other_libdave):
        await fault("dave_corrupted_welcome")
        await newcomer.join(LOUNGE)
        counts.append(await good(*[davey, libdave, other_davey, other_libdave][:3 + len(counts)]))
    assert [count["invalid"] for count in counts] == [1, 2], counts


async def withheld_welcome():
    # discord.py stops listening to its voice gateway for good after proposals for a group it is not in.
    await call(davey, libdave)
    await fault("dave_withheld_welcome")
    await other_libdave.join(LOUNGE)
    await until(state_has("timeouts", 1), what="the newcomer that says nothing")
    # The next change shows it that it is lost.
    await other_davey.join(LOUNGE)
    counts = await good(davey, libdave, other_davey, other_libdave)
    assert counts["invalid"] == 1, counts


def state_has(count, least):
    """Whether the delivery service counted so many."""
    async def look():
        return (await state())["counts"][count] >= least

    return look


async def racing_commits():
    await call(davey, libdave)
    for newcomer, members in ((other_davey, 3), (other_libdave, 4)):
        await fault("dave_racing_commits")
        await newcomer.join(LOUNGE)
        counts = await good(*[davey, libdave, other_davey, other_libdave][:members])
    assert counts["invalid"] == counts["timeouts"] == counts["restarts"] == 0, counts


async def unanswering():
    await call(davey, libdave, other_davey)
    await fault("dave_unanswering", user_id=str(davey.user))
    await other_libdave.join(LOUNGE)
    counts = await good(davey, libdave, other_davey, other_libdave)
    assert counts["timeouts"] >= 1, counts


async def wrong_epoch():
    # discord.py stops listening to its voice gateway for good after such a message.
    await call(libdave, other_libdave)
    await fault("dave_wrong_epoch", count=2)
    await libdave.leave()
    await libdave.join(LOUNGE)
    counts = await good(libdave, other_libdave)
    assert counts["restarts"] == 1, counts


async def withheld_execute():
    await call(davey, libdave)
    await fault("dave_withheld_execute")
    await other_davey.join(LOUNGE)
    await until(lambda: settled(3), what="the epoch that nobody was told to use")
    await other_libdave.join(LOUNGE)
    await good(davey, libdave, other_davey, other_libdave)


async def settled(members):
    """Whether so many are in a settled call."""
    found = await state()
    return found["settled"] and len(found["members"]) == members


async def lost_and_resumed():
    await call(davey, libdave)
    libdave.call.drop()
    await other_davey.join(LOUNGE)
    await until(state_has("timeouts", 1), what="the epoch without the lost one's word")
    await libdave.call.resume()
    await good(davey, libdave, other_davey)


async def killed():
    await call(davey, libdave, other_libdave)
    libdave.call.drop()
    await other_davey.join(LOUNGE)
    await until(state_has("timeouts", 1), what="the epoch without the dead one's word")
    await libdave.leave()
    await good(davey, other_libdave, other_davey)
    await libdave.join(LOUNGE)
    await good(davey, other_libdave, other_davey, libdave)


async def all_at_once():
    everybody = [davey, libdave, other_davey, other_libdave]
    await asyncio.gather(*[peer.join(LOUNGE) for peer in everybody])
    await good(*everybody)
    await asyncio.gather(*[peer.leave() for peer in everybody[1:]])
    await settle([davey])


async def refused_without_encryption():
    try:
        await plain.join(LOUNGE)
    except ConnectionError as error:
        assert error.args == (4017,), error
    else:
        raise AssertionError("let in")
    await plain.call.http.close()
    plain.call = None
    await plain.seat(None)


async def down_and_up():
    await call(davey, libdave)
    await each_hears_each([davey, libdave])
    await plain.join(LOUNGE)
    await until(lambda: settled(3), what="the call without encryption")
    await until(lambda: not davey.is_encrypting and not libdave.is_encrypting, what="the end of encryption")
    await good(davey, libdave, plain, encrypted=False)
    await plain.leave()
    await good(davey, libdave)


CHECKS = [
    corrupted_welcome, withheld_welcome, racing_commits, unanswering, wrong_epoch, withheld_execute, lost_and_resumed,
    killed, all_at_once, refused_without_encryption, down_and_up,
]


async def main():
    global davey, libdave, other_davey, other_libdave, plain
    davey, libdave, other_davey, other_libdave = [
        await make(kind, number) for number, kind in enumerate([dave_davey, dave_libdave] * 2)]
    plain = await make(dave_libdave, 4, maximum_version=0)
    await run_checks("dave", [check(body) for body in CHECKS], limit=120)
    for peer in (davey, libdave, other_davey, other_libdave, plain):
        await asyncio.wait_for(peer.stop(), 10)
    finish()


asyncio.run(main())
