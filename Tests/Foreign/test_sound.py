"""Sweeps and clicks through the whole path, as `Scripts/sound-check` plays them: each scenario is a test.

The judge is tested too: what it must notice is done to a good recording.
"""

import json

import numpy
import pytest
import sound_check
import sound_signal
from conftest import ATTACHMENTS
from sound_check import FRAME, Finding, Piece, Scenarios, Songs

SECONDS = 16.0
SCENARIOS = list(Scenarios(None, "").all)


@pytest.fixture(scope="module")
def songs(tmp_path_factory):
    return Songs(tmp_path_factory.mktemp("songs"), SECONDS)


@pytest.fixture(scope="module")
def findings(songs):
    """All scenarios, played at the same time, once."""
    found = {finding.name: finding for finding in sound_check.run(songs)}
    ATTACHMENTS.mkdir(parents=True, exist_ok=True)
    figures = {name: {**finding.figures, "problems": finding.problems} for name, finding in found.items()}
    (ATTACHMENTS / "sound.json").write_text(json.dumps(figures, indent=1))
    return found


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_what_is_heard_is_what_was_played(findings, scenario):
    assert findings[scenario].problems == []


FRAMES = slice(200 * FRAME, 201 * FRAME)
DAMAGE = {
    "a lost frame": lambda sound: numpy.delete(sound, FRAMES, axis=0),
    "a doubled frame": lambda sound: numpy.insert(sound, FRAMES.start, sound[FRAMES], axis=0),
    "too loud": lambda sound: sound * 10 ** (0.6 / 20),
    "one channel too quiet": lambda sound: sound * numpy.array([1, 10 ** (-0.6 / 20)]),
    "channels swapped": lambda sound: sound[:, ::-1],
    "a second missing": lambda sound: numpy.concatenate([sound[: 150 * FRAME], 0 * sound[: 50 * FRAME], sound[200 * FRAME :]]),
    "12 ms late": lambda sound: numpy.concatenate([numpy.zeros((576, 2)), sound[:-576]]),
    "muffled": lambda sound: sum(numpy.roll(sound, shift, axis=0) for shift in range(8)) / 8,
    "another song": lambda sound: sound[::-1],
}


@pytest.mark.parametrize("damage", [None, *DAMAGE])
def test_the_judge_hears_damage(songs, damage):
    song = "wav.wav"
    sound = sound_signal.decode(songs.folder / song)
    finding = Finding("judge")
    finding.judge_sound(DAMAGE[damage](sound) if damage else sound, Piece(song, 0, songs.frames(song)), songs)
    assert bool(finding.problems) == bool(damage)


def test_the_judge_counts_exactly(songs):
    good = {"heard": 800, "lost": 0, "doubled": 0, "reordered": 0, "undecodable": 0, "kernel_drops": 0}
    for name in (None, *good):
        finding = Finding("judge")
        finding.judge_counters({**good, name: good[name] + 1} if name else good, 800)
        assert len(finding.problems) == (1 if name else 0), name


def test_the_judge_compares_packets(songs):
    packets = songs.digests("opus.ogg")
    for heard, differing in ((packets, 0), (packets[:-1], 1), ([*packets[:9], "another", *packets[10:]], 1)):
        finding = Finding("judge")
        finding.judge_packets(heard, packets)
        assert (finding.figures["packets_differing"], len(finding.problems)) == (differing, min(1, differing))


def test_the_ogg_reader_finds_the_packets_ffmpeg_finds(songs):
    import hashlib

    packets = sound_signal.ogg_packets((songs.folder / "opus.ogg").read_bytes())
    assert packets[0].startswith(b"OpusHead") and packets[1].startswith(b"OpusTags")
    assert [hashlib.md5(packet).hexdigest() for packet in packets[2:]] == songs.digests("opus.ogg")
