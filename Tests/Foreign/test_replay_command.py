"""The command `replay` with the project's own small replays."""

import json
import subprocess

import pytest
from conftest import PROGRAM, ROOT

CORPUS = ROOT / "Fuzz" / "Corpus" / "replay"
MEMBERS = [
    "file", "release", "build", "base_build", "map", "map_hash", "loops", "length_seconds", "region", "end_time_utc", "mode",
    "ladder", "players", "observers", "resumed", "winner", "error",
]
PLAYER = ["name", "clan", "toon", "race", "pick", "result", "human", "team", "apm", "mmr"]


@pytest.fixture
def folder(tmp_path):
    """A folder with three replays, of which the fuzzers' seeds are made, and a broken one in a folder of its own."""
    for build in (15405, 24944, 80949):
        # Two bytes in front say how the fuzzer reads it.
        (tmp_path / f"{build}.SC2Replay").write_bytes((CORPUS / f"whole-{build}").read_bytes()[2:])
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "broken.SC2Replay").write_bytes((tmp_path / "80949.SC2Replay").read_bytes()[:1200])
    (tmp_path / "notes.txt").write_text("no replay")
    return tmp_path


def replay(*words):
    """Runs the command."""
    return subprocess.run([PROGRAM, "replay", *map(str, words)], capture_output=True, text=True, timeout=120)


def test_a_folder_becomes_a_line_a_replay(folder):
    run = replay("--json", folder)
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    assert run.returncode == 1, "one is broken"
    assert [line["file"].split("/")[-1] for line in lines] == [
        "15405.SC2Replay", "24944.SC2Replay", "80949.SC2Replay", "broken.SC2Replay",
    ]
    for line in lines:
        assert list(line) == MEMBERS
        assert all(list(player) == PLAYER for player in line["players"])
    good = lines[2]
    assert good["error"] is None and good["base_build"] == 80949 and good["release"] == "5.0.9.80956"
    assert (good["map"], good["loops"], good["length_seconds"]) == ("Fixture Shoals", 22_400, 1000)
    assert (good["end_time_utc"], good["region"], good["mode"]) == ("2020-01-01 21:04:05+00:00", "eu", "ladder")
    assert [player["name"] for player in good["players"]] == ["Ada", "Bébé <3"]
    assert [player["race"] for player in good["players"]] == ["Terran", "Zerg"]
    assert [player["pick"] for player in good["players"]] == ["Terran", "Random"]
    assert good["winner"] == 1 and good["players"][0]["mmr"] == 4321 and good["players"][1]["clan"] is None
    broken = lines[3]
    assert "cut off" in broken["error"] and broken["loops"] == 22_400 and broken["players"] == []


def test_whole_replays_end_well(folder):
    assert replay("--json", folder / "15405.SC2Replay", folder / "24944.SC2Replay").returncode == 0


def test_people_get_a_table_and_pages(folder):
    table = replay(folder / "80949.SC2Replay", folder / "below")
    assert table.returncode == 1
    assert "Fixture Shoals" in table.stdout and "[LOOP] Ada (T) ✓ v Bébé <3 (Z)" in table.stdout
    assert "cut off" in table.stdout
    page = replay("--full", "--build-order", folder / "80949.SC2Replay")
    assert page.returncode == 0
    assert "SupplyDepot (began)" in page.stdout and "glhf" in page.stdout


def test_full_adds_what_happened(folder):
    line = json.loads(replay("--json", "--full", "--build-order", folder / "80949.SC2Replay").stdout)
    assert line["winner_by"] == "result"
    assert [chat["text"] for chat in line["chat"]] == ["glhf", "ÿ gg"]
    assert [step["name"] for step in line["build_orders"][0]["steps"]] == ["SupplyDepot", "Marine", "OrbitalCommand"]
    assert line["reports"][0]["supply_blocked_loops"] == 160


def test_events_come_one_a_line(folder):
    run = replay("--events", "tracker", folder / "80949.SC2Replay")
    names = [json.loads(line)["event"] for line in run.stdout.splitlines()]
    assert names[:2] == ["PlayerSetup", "UnitBorn"] and "UnitDied" in names


@pytest.mark.parametrize("words", [[], ["--events", "all", "x"], ["--nothing", "x"]])
def test_mistakes_are_answered(words):
    run = replay(*words)
    assert run.returncode in (1, 2) and run.stderr.startswith("backline: ") and not run.stdout


def test_a_missing_file_is_a_line(tmp_path):
    run = replay("--json", tmp_path / "nothing.SC2Replay")
    assert run.returncode == 1 and json.loads(run.stdout)["error"] == "The file cannot be found."
