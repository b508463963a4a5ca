"""s2protocol's side of `benchmarks replay`: the small files, or all streams, with the module of the build or the one before."""

import importlib
import io
import pathlib
import re
import sys

try:
    import mpyq
    import s2protocol.versions as versions
except ImportError:
    print("unavailable: s2protocol is not installed", flush=True)
    sys.exit()
from replay_work import contents, work

numbers = sorted(int(re.search(r"\d+", path.name)[0]) for path in pathlib.Path(versions.__file__).parent.glob("protocol*.py"))
newest = importlib.import_module(f"s2protocol.versions.protocol{numbers[-1]}")
modules = {}


def module(build):
    if build not in modules:
        number = max((number for number in numbers if number <= build), default=numbers[0])
        modules[build] = importlib.import_module(f"s2protocol.versions.protocol{number}")
    return modules[build]


def run(data):
    archive = mpyq.MPQArchive(io.BytesIO(data), listfile=False)
    header = newest.decode_replay_header(archive.header["user_data_header"]["content"])
    protocol = module(header["m_version"]["m_baseBuild"])
    protocol.decode_replay_details(archive.read_file("replay.details"))
    protocol.decode_replay_initdata(archive.read_file("replay.initData"))
    protocol.decode_replay_attributes_events(archive.read_file("replay.attributes.events"))
    if sys.argv[1] == "small":
        return
    for name, decode in (
        ("replay.game.events", protocol.decode_replay_game_events),
        ("replay.message.events", protocol.decode_replay_message_events),
        ("replay.tracker.events", getattr(protocol, "decode_replay_tracker_events", None)),
    ):
        stream = archive.read_file(name)
        if stream and decode:
            for _ in decode(stream):
                pass


work(contents, run)
