"""StarCraft II replays of strangers, event by event: ours against s2protocol and sc2reader."""

import importlib
import json
import os
import pathlib
import re
import subprocess

import pytest
from conftest import PROGRAM, ROOT

FOLDER = pathlib.Path(os.environ.get("BACKLINE_REPLAYS", ROOT.parent / "shared" / "data" / "replays"))
EVERY = os.environ.get("BACKLINE_REPLAYS_ALL") == "1"
CUT_OFF = "2cf046940d19.SC2Replay"
REASON = "The reference replays are not there: put them into ../shared/data/replays or set BACKLINE_REPLAYS."

mpyq = pytest.importorskip("mpyq")
decoders = pytest.importorskip("s2protocol.decoders")
sc2reader = pytest.importorskip("sc2reader")


def replays():
    """The smallest replay of each base build that is not tiny; all of them when a variable asks for it."""
    if not (FOLDER / "expected.json").exists():
        return []
    builds = {}
    for entry in json.loads((FOLDER / "expected.json").read_text()):
        if entry["file"] != CUT_OFF:
            builds.setdefault(entry["base_build"], set()).add(entry["file"])
    if EVERY:
        return [(build, file) for build, files in builds.items() for file in sorted(files)]
    return [
        (build, min(files, key=lambda file: abs((FOLDER / file).stat().st_size - 30_000))) for build, files in builds.items()
    ]


REPLAYS = replays()


def each(fits=lambda build: True):
    """Runs a test with each replay whose build fits; without any, the test is skipped and says why."""
    found = [pair for pair in REPLAYS if fits(pair[0])]
    return pytest.mark.parametrize(
        "build,file", found or [pytest.param(0, "", marks=pytest.mark.skip(reason=REASON))], ids=str
    )


def ours(file, stream):
    """Our events of a stream."""
    run = subprocess.run([PROGRAM, "replay", "--events", stream, FOLDER / file], capture_output=True, text=True, timeout=300)
    assert run.returncode == 0, run.stdout[-300:] + run.stderr[-300:]
    return [json.loads(line) for line in run.stdout.splitlines() if line]


MODULES = sorted(
    int(match.group(1))
    for path in (pathlib.Path(decoders.__file__).parent / "versions").glob("protocol*.py")
    if (match := re.match(r"protocol(\d+)\.py", path.name))
)
# Where Blizzard's package has no module of its own, the one before may still fit: nothing changed after 80949.
NEAREST = {build: max(number for number in MODULES if number <= build) for build, _ in REPLAYS if build >= 80949}


def module(build):
    """The s2protocol module that fits a build; None when there is none."""
    number = build if build in MODULES else NEAREST.get(build)
    return number and importlib.import_module(f"s2protocol.versions.protocol{number}")


class Bits(decoders.BitPackedDecoder):
    """Their decoder, with bits in the order they are stored."""

    def _bitarray(self, bounds):
        return "".join(str(self._buffer.read_bits(1)) for _ in range(self._int(bounds)))


def plain(value):
    """A value of theirs as our JSON has it."""
    if isinstance(value, dict):
        return {key.removeprefix("m_"): plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    if isinstance(value, bytes):
        return value.decode("utf8", "replace")
    return value


def stream(build, protocol, contents, types, bits):
    """Their events, with the person's number, which their own loop cannot read before 24944."""
    decoder = Bits(contents, protocol.typeinfos)
    loop = 0
    while not decoder.done():
        loop += next(iter(decoder.instance(protocol.svaruint32_typeid).values()))
        user = decoder._buffer.read_bits(5)
        number = decoder._buffer.read_bits(bits)
        if number not in types:
            # Saved cameras exist since 24247, but their module for 24944 does not know them.
            assert (build, number) == (24944, 14)
            return
        typeid, name = types[number]
        yield loop, user, number, name, plain(decoder.instance(typeid))
        decoder.byte_align()


def archive(file):
    """The archive, without its list of files, which some encrypt."""
    return mpyq.MPQArchive(str(FOLDER / file), listfile=False)


@each(lambda build: build != 15405)
def test_game_events_are_those_of_s2protocol(build, file):
    # The module numbered 15405 does not fit the replays of that build.
    protocol = module(build) or pytest.skip(f"s2protocol has no module for {build}")
    found = ours(file, "game")
    contents = archive(file).read_file("replay.game.events")
    theirs = list(stream(build, protocol, contents, protocol.game_event_types, 7))
    assert len(found) == len(theirs) or build == 24944 and found[len(theirs)]["id"] == 14
    for event, (loop, user, number, _, values) in zip(found, theirs):
        assert (event["loop"], event["user"], event["id"]) == (loop, user, number)
        assert event["values"] == values, event


@each()
def test_messages_are_those_of_s2protocol(build, file):
    protocol = module(build) or pytest.skip(f"s2protocol has no module for {build}")
    contents = archive(file).read_file("replay.message.events")
    if contents is None:
        pytest.skip("it has no messages")
    found = ours(file, "message")
    theirs = list(stream(build, protocol, contents, protocol.message_event_types, 4))
    assert [(event["loop"], event["user"], event["values"]) for event in found] == [
        (loop, user, values) for loop, user, _, _, values in theirs
    ]


@each(lambda build: build >= 24944)
def test_tracker_events_are_those_of_s2protocol(build, file):
    protocol = module(build)
    if protocol is None or not protocol.tracker_event_types:
        pytest.skip(f"s2protocol has no module with tracker events for {build}")
    contents = archive(file).read_file("replay.tracker.events")
    if contents is None:
        pytest.skip("it has no tracker events")
    found = ours(file, "tracker")
    theirs = list(protocol.decode_replay_tracker_events(contents))
    assert len(found) == len(theirs)
    for event, other in zip(found, theirs):
        # They do not count in 32 bits, as the game does.
        loop = other["_gameloop"] % 2**32
        values = {key: value for key, value in plain(other).items() if not key.startswith("_")}
        if "stats" in values:
            values["stats"] = list(values["stats"].values())
        if build < 27950:
            # Places were in units of four cells.
            values.update({key: values[key] * 4 for key in ("x", "y") if key in values})
        mine = {key: value for key, value in event["values"].items() if key in values or value is not None}
        assert (event["loop"], mine) == (loop, values), event


def masked(kind, data):
    """A mask of sc2reader in our form."""
    return {"None": None, "Mask": "".join("1" if bit else "0" for bit in data or [])}.get(kind, data)


def removal(mask):
    """A mask of ours without the name of its kind."""
    return next(iter(mask.values())) if isinstance(mask, dict) else mask


@each()
def test_game_events_are_those_of_sc2reader(build, file):
    theirs = sc2reader.load_replay(str(FOLDER / file), load_level=2)
    theirs._read_data("replay.game.events", theirs._get_reader("replay.game.events"))
    theirs = theirs.raw_data["replay.game.events"]
    found = ours(file, "game")

    def of(*names):
        return [event for event in found if event["event"] in names]

    def of_theirs(*ends):
        return [event for event in theirs if event.name.endswith(ends)]

    cameras = of_theirs("CameraEvent")
    assert len(cameras) == len(of("CameraUpdate"))
    for event, other in zip(of("CameraUpdate"), cameras):
        values = event["values"]
        target = values["target"] or {"x": 0, "y": 0}
        assert (event["loop"], event["user"]) == (other.frame, other.pid)
        assert (target["x"] / 256, target["y"] / 256, values["distance"], values["pitch"], values["yaw"]) == (
            other.x, other.y, other.distance, other.pitch, other.yaw,
        )

    orders = [event for event in theirs if event.name.endswith("CommandEvent") and "Update" not in event.name]
    assert len(orders) == len(of("Cmd"))
    for event, other in zip(of("Cmd"), orders):
        values = event["values"]
        ability = values.get("abil", values) or {}
        assert (event["loop"], event["user"], values["cmdFlags"]) == (other.frame, other.pid, other.flags)
        assert (ability.get("abilLink", 0), ability.get("abilCmdIndex", 0)) == (other.ability_link, other.command_index)
        assert values["otherUnit"] == other.other_unit_id
        if build >= 16561:
            kind, target = next(iter(values["data"].items()))
            assert kind == other.ability_type
            if kind == "TargetUnit":
                assert target["tag"] == other.ability_type_data["unit_tag"]
            if kind in ("TargetUnit", "TargetPoint"):
                point = target.get("snapshotPoint", target)
                assert point == other.ability_type_data["point"]

    selections = of_theirs("SelectionEvent")
    assert len(selections) == len(of("SelectionDelta"))
    for event, other in zip(of("SelectionDelta"), selections):
        delta = event["values"]["delta"]
        assert (event["loop"], event["user"], event["values"]["controlGroupId"]) == (other.frame, other.pid, other.control_group)
        assert (delta["subgroupIndex"], delta["addUnitTags"]) == (other.subgroup_index, other.new_unit_ids)
        if other.mask_type != "Mask":
            assert removal(delta["removeMask"]) == other.mask_data
        else:
            assert sum(other.mask_data) == removal(delta["removeMask"]).count("1")

    groups = of_theirs("ControlGroupEvent")
    assert len(groups) == len(of("ControlGroupUpdate"))
    for event, other in zip(of("ControlGroupUpdate"), groups):
        assert (event["loop"], event["user"], event["values"]["controlGroupIndex"], event["values"]["controlGroupUpdate"]) == (
            other.frame, other.pid, other.control_group, other.update_type,
        )

    left = of_theirs("PlayerLeaveEvent")
    assert [(event["loop"], event["user"]) for event in of("PlayerLeave", "GameUserLeave")] == [
        (other.frame, other.pid) for other in left
    ]


@each()
def test_chat_is_that_of_sc2reader(build, file):
    replay = sc2reader.load_replay(str(FOLDER / file), load_level=2)
    replay._read_data("replay.message.events", replay._get_reader("replay.message.events"))
    if "replay.message.events" not in replay.raw_data:
        pytest.skip("it has no messages")
    theirs = [(message.frame, message.pid, message.text) for message in replay.raw_data["replay.message.events"]["messages"]]
    found = [event for event in ours(file, "message") if event["event"] == "Chat"]
    assert [(event["loop"], event["user"], event["values"]["string"]) for event in found] == theirs


def tracked(event):
    """A tracker event of sc2reader as our JSON has it, without what only newer builds have."""
    unit = lambda: {"unitTagIndex": event.unit_id_index, "unitTagRecycle": event.unit_id_recycle}
    place = lambda: {"x": event.x, "y": event.y}
    owner = lambda: {"controlPlayerId": event.control_pid, "upkeepPlayerId": event.upkeep_pid}
    kind = lambda: {"unitTypeName": event.unit_type_name}
    return {
        "PlayerStatsEvent": lambda: {"playerId": event.pid, "stats": list(event.stats.values())},
        "UnitBornEvent": lambda: {**unit(), **kind(), **owner(), **place()},
        "UnitInitEvent": lambda: {**unit(), **kind(), **owner(), **place()},
        "UnitDiedEvent": lambda: {**unit(), "killerPlayerId": event.killer_pid, **place()},
        "UnitOwnerChangeEvent": lambda: {**unit(), **owner()},
        "UnitTypeChangeEvent": lambda: {**unit(), **kind()},
        "UpgradeCompleteEvent": lambda: {
            "playerId": event.pid, "upgradeTypeName": event.upgrade_type_name, "count": event.count,
        },
        "UnitDoneEvent": unit,
        "UnitPositionsEvent": lambda: {"firstUnitIndex": event.first_unit_index, "items": list(event.items)},
        "PlayerSetupEvent": lambda: {"playerId": event.pid, "type": event.type, "userId": event.uid, "slotId": event.sid},
    }[event.name]()


@each(lambda build: build >= 24944)
def test_tracker_events_are_those_of_sc2reader(build, file):
    replay = sc2reader.load_replay(str(FOLDER / file), load_level=2)
    replay._read_data("replay.tracker.events", replay._get_reader("replay.tracker.events"))
    theirs = replay.raw_data.get("replay.tracker.events")
    if theirs is None:
        pytest.skip("it has no tracker events")
    found = ours(file, "tracker")
    assert len(found) == len(theirs)
    for event, other in zip(found, theirs):
        values = tracked(other)
        assert event["loop"] == other.frame
        assert {key: event["values"][key] for key in values} == values, (event, other.name)
