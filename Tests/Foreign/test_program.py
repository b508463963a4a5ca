"""The program's command line as a person meets it."""

import json
import os
import pathlib
import re
import subprocess
import time

from conftest import PROGRAM, ROOT, Running


def backline(*words, **environment):
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DISCORD_", "BACKLINE_"))}
    return subprocess.run(
        [PROGRAM, *words], capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
        env={**clean, "BACKLINE_HOME": str(ROOT), **environment},
    )


def test_help_lists_every_setting_of_the_documentation():
    help_text = backline("--help").stdout
    table = (ROOT / "Documentation" / "configuration.md").read_text()
    documented = re.findall(r"^\| `([A-Z_]+)` \| `?([^|`]+)`? \| ([^|]+) \|$", table, re.M)
    assert len(documented) >= 9
    for name, default, meaning in documented:
        assert re.search(rf"{name} +{re.escape(meaning.strip())} \({re.escape(default.strip())}\)", help_text), name
    shown = set(re.findall(r"^  ((?:DISCORD|BACKLINE)_[A-Z_]+) ", help_text, re.M))
    assert shown == {name for name, _, _ in documented}


def test_every_command_explains_itself():
    for command in ("run", "demo", "sandbox", "doctor", "migrate", "backup", "restore"):
        result = backline(command, "--help")
        assert result.returncode == 0 and f"Usage: " in result.stdout and command in result.stdout
    assert re.fullmatch(r"backline \d+\.\d+\.\d+\n", backline("--version").stdout)


def test_what_is_not_understood_is_named_and_ends_with_2():
    wrong = {"dmeo": "dmeo", "sandbox --prot 1": "--prot", "sandbox --port many": "many", "demo --port": "--port"}
    for words, named in wrong.items():
        result = backline(*words.split())
        assert result.returncode == 2, words
        assert result.stderr.startswith("backline: ") and "--help" in result.stderr
        assert named in result.stderr, words


def test_run_without_a_token_says_where_to_put_it(tmp_path):
    result = backline("run")
    assert result.returncode == 1
    assert "DISCORD_TOKEN is not set" in result.stderr and ".env" in result.stderr


def test_doctor_names_every_part_and_the_fix():
    result = backline("doctor")
    for part in ("token", "voice", "media-worker", "yt-dlp", "JavaScript", "disk", "clock"):
        assert re.search(rf"^\S+ +.*{part}", result.stdout, re.M | re.I), part
    assert "DISCORD_TOKEN" in result.stdout
    assert result.returncode == 1  # no token


def descendants(pid):
    """The processes below one, as (pid, start time) so that a reused number is not taken for the old process."""
    found = {}
    for entry in pathlib.Path("/proc").iterdir():
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            found[int(entry.name)] = (int(fields[1]), fields[19], fields[0])
        except (OSError, ValueError):
            continue
    below, result = {pid}, set()
    while more := {child for child, (parent, _, _) in found.items() if parent in below} - below:
        below |= more
        result |= {(child, found[child][1]) for child in more}
    return result, {(child, start) for child, (_, start, state) in found.items() if state != "Z"}


def test_a_killed_demo_leaves_no_process_behind():
    running = Running("demo", "--port", "0", "--json")
    children, _ = descendants(running.process.pid)
    assert children
    running.process.kill()
    running.process.wait()
    deadline = time.monotonic() + 20
    while left := children & descendants(running.process.pid)[1]:
        assert time.monotonic() < deadline, f"still there: {left}"
        time.sleep(0.1)


def test_demo_check_hears_every_frame_of_every_song():
    result = subprocess.run(
        [PROGRAM, "demo", "--check"], capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL,
        env={**os.environ, "BACKLINE_HOME": str(ROOT)},
    )
    report = json.loads(result.stdout)
    assert report["ok"] and result.returncode == 0, report
    assert set(report) == {"ok", "songs", "lateness_ms", "rss_mb"}
    assert len(report["songs"]) == 3 and [song["passthrough"] for song in report["songs"]].count(True) == 1
    for song in report["songs"]:
        assert song["frames_heard"] == song["frames_expected"] > 1_000, song
        assert song["frames_lost"] == song["frames_doubled"] == 0 and song["first_packet_ms"] > 0, song
