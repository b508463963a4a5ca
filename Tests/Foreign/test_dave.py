"""End-to-end encrypted calls with foreign implementations: discord.py with davey (OpenMLS), a listener on dave.py (libdave)."""

import json
import os
import random
import subprocess
import sys
import pathlib

import pytest
from conftest import ATTACHMENTS, Running
from place import LIBRARY, Admin, Place, eventually, follow, opus_packets

HERE = pathlib.Path(__file__).parent
STEPS = int(os.environ.get("DAVE_STEPS", "25"))
# Other orders of events: DAVE_SEED=4,5,6; longer ones: DAVE_STEPS=200.
SEEDS = [int(seed) for seed in os.environ.get("DAVE_SEED", "1,2,3").split(",")]
FAULTS = [
    "corrupted_welcome", "withheld_welcome", "racing_commits", "unanswering", "wrong_epoch", "withheld_execute",
    "lost_and_resumed", "killed", "all_at_once", "refused_without_encryption",
]


def play(script, *words, program=("sandbox", "--json"), limit=400):
    """Runs a script of foreign clients against a program of its own; what it printed, by check."""
    running = Running(*program)
    try:
        addresses = running.addresses
        output = subprocess.run(
            [sys.executable, HERE / f"{script}.py", "--rest", addresses["rest"], "--gateway", addresses["gateway"],
             "--page", addresses["page"], "--token", addresses["token"], "--ca-file", addresses["ca_file"], *words],
            capture_output=True, text=True, timeout=limit, env=dict(os.environ),
        )
        ATTACHMENTS.mkdir(parents=True, exist_ok=True)
        with open(ATTACHMENTS / f"{script}.log", "a") as log:
            log.write(f"{words}\n{output.stdout}{output.stderr}\n")
        lines = [json.loads(line) for line in output.stdout.splitlines() if line.startswith("{")]
        return {line["check"]: line for line in lines}
    finally:
        running.stop()


def judge(found, seed):
    """Every step went well and all were made."""
    assert found.get("whole", {}).get("ok"), found.get("whole", f"seed {seed}: it did not end")
    assert found["whole"]["seed"] == seed and sum("step" in check for check in found) == STEPS
    assert max(step.get("members", 0) for step in found.values()) >= 3


@pytest.mark.parametrize("seed", SEEDS)
def test_each_hears_each_through_every_change(seed):
    print(f"seed {seed}")
    judge(play("dave_call", "--seed", str(seed), "--steps", str(STEPS)), seed)


@pytest.mark.parametrize("seed", SEEDS)
def test_our_bot_is_heard_through_every_change_and_loses_no_frame(seed):
    print(f"seed {seed}")
    words = ("--seed", str(seed), "--steps", str(STEPS))
    judge(play("dave_ours", *words, program=("demo", "--port", "0", "--json")), seed)


@pytest.fixture(scope="module")
def faults():
    return play("dave_faults", "--only", ",".join(FAULTS), limit=900)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_call_survives(faults, fault):
    assert faults.get(fault, {"ok": False, "error": "the check did not run"})["ok"], faults.get(fault)


def test_a_call_goes_down_to_no_encryption_and_back_up():
    found = play("dave_faults", "--only", "down_and_up", program=("sandbox", "--json", "--dave", "offered"))
    assert found["down_and_up"]["ok"], found


@pytest.mark.parametrize("seed", SEEDS)
def test_a_storm_of_guests_costs_our_bot_no_frame(seed):
    print(f"seed {seed}")
    dice = random.Random(seed)
    demo = Running("demo", "--port", "0", "--json", "--frames-kept", "100000")
    try:
        admin = Admin(demo.addresses["page"])
        place = Place(admin)
        place.seat()
        place.play("prelude in c")
        for _ in range(STEPS):
            admin("POST", "voice/crowd", channel_id=str(place.lounge), count=dice.randrange(12))
            # Mostly on top of what the last one set off.
            if dice.random() < 0.3:
                eventually(lambda: admin("GET", f"voice/{place.lounge}/dave")["settled"], what="a settled call")
        eventually(lambda: admin("GET", f"voice/{place.lounge}/dave")["settled"], what="a settled call")
        place.hears_more(100)
        stream = place.streams()[0]
        assert stream["lost"] == stream["doubled"] == stream["undecryptable"] == stream["sealed"] == 0, stream
        assert stream["encrypted"] == stream["heard"] + stream["silence"], stream
        follow([payload for _, payload in place.frames()], opus_packets(LIBRARY / "bach-prelude-in-c.opus"))
        assert admin("GET", f"voice/{place.lounge}/dave")["counts"]["restarts"] == 0
    finally:
        demo.stop()
