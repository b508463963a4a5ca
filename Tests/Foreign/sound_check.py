"""The sound test: songs of sweeps and clicks go the whole way from file or server to the listener in the voice channel.

By hand: Scripts/sound-check [--minutes N]; `test_sound.py` runs the same for a minute. Every scenario has a guild of its
own, so all of them run at the same time.
"""

import argparse
import concurrent.futures
import contextlib
import dataclasses
import functools
import hashlib
import http.server
import json
import pathlib
import sys
import tempfile
import threading
import time
import urllib.request

import numpy

import sound_signal
from sound_signal import FORMATS, FRAME, Signal

ALICE = 1_000_000_000_000_000_201
SILENCE = b"\xf8\xff\xfe"
QUIETER = 20 * numpy.log10(0.5)  # what /volume 50 does
# 20 ms is allowed; half of it, because a song that is one frame off would be just within 20.
ALIGNMENT_MS, LEVEL_DB, MARK_DB, BAND_DB, LIKENESS = 10.0, 0.5, 2.0, 1.5, 0.8
SETTLING = 10 * FRAME  # a decoder that heard silence needs this long until its levels are right again
PATIENCE = 30.0  # seconds without anything new before a scenario counts as stuck


class Problem(Exception):
    """Something a scenario cannot go on after."""


class Songs:
    """The library folder: every format as a long song, and two short ones per hand-over."""

    def __init__(self, folder: pathlib.Path, seconds: float):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        short = max(10.0, seconds / 2)
        lengths = {name: seconds for name in FORMATS}
        lengths |= {"first-opus.ogg": short, "second-opus.ogg": short, "first-flac-44.flac": short, "second-mp3.mp3": short}
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            made = pool.map(lambda song: self.make(*song), lengths.items())
            self.signals = dict(zip(lengths, made))

    def make(self, name: str, seconds: float) -> Signal:
        signal = Signal(seconds, name)
        signal.write(self.folder, name)
        return signal

    @functools.cache
    def digests(self, name: str) -> list[str]:
        return sound_signal.packet_digests(self.folder / name)

    @functools.cache
    def truth(self, name: str) -> tuple[dict, dict]:
        """What ffmpeg hears in the file: mark → levels, and sweep → spectrum."""
        sound = sound_signal.decode(self.folder / name)
        signal = self.signals[name]
        levels = {found["mark"]: found["levels"] for found in sound_signal.listen(sound, signal)}
        return levels, {sweep: sound_signal.spectrum(sound[slice(*sweep)]) for sweep in signal.sweeps}

    def is_passed_through(self, name: str) -> bool:
        return name.endswith(("opus.ogg", "opus.webm"))

    def frames(self, name: str) -> int:
        """How many frames a listener must hear."""
        return len(self.digests(name)) if self.is_passed_through(name) else self.signals[name].frames


class Hall:
    """The sandbox through its admin interface: one guild, what is commanded there, and what is heard there."""

    def __init__(self, page: str, guild: dict):
        self.page = page.rstrip("/")
        self.text = next(channel["id"] for channel in guild["channels"] if channel["type"] == 0)
        self.voice = next(channel["id"] for channel in guild["channels"] if channel["type"] == 2)
        self.request("POST", "voice/join", {"user_id": str(ALICE), "channel_id": self.voice})

    def get(self, path: str) -> bytes:
        return urllib.request.urlopen(f"{self.page}/sandbox/api/{path}", timeout=60).read()

    def request(self, method: str, path: str, body: dict | None = None) -> dict:
        data = json.dumps(body or {}).encode() if method != "GET" else None
        request = urllib.request.Request(
            f"{self.page}/sandbox/api/{path}", data, {"Content-Type": "application/json"}, method=method
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def command(self, name: str, **options) -> None:
        body = {"channel_id": self.text, "user_id": str(ALICE), "command": name, "options": options}
        self.request("POST", "interaction", body)

    def said(self) -> list[str]:
        """What the bot's last messages say."""
        messages = self.request("GET", "world")["messages"].get(self.text, [])
        return [json.dumps(message.get("content") or message.get("components"), ensure_ascii=False)[:300] for message in messages[-3:]]

    def heard(self) -> dict:
        """The listener's counters of the only speaker."""
        report = self.request("GET", f"voice/{self.voice}/report")
        streams = [stream for stream in report["streams"] if stream["heard"] + stream["silence"] > 0]
        if len(streams) > 1:
            raise Problem(f"{len(streams)} senders were heard instead of one")
        none = {"heard": 0, "silence": 0, "lost": 0, "doubled": 0, "reordered": 0, "undecodable": 0}
        return {**(streams[0] if streams else none), "kernel_drops": report["kernel_drops"]}

    def wait(self, for_what: str, is_there) -> dict:
        """Polls the counters until `is_there`; only silence for a long time ends it otherwise."""
        before, since = None, time.monotonic()
        while True:
            heard = self.heard()
            if is_there(heard):
                return heard
            if heard != before:
                before, since = heard, time.monotonic()
            elif time.monotonic() - since > PATIENCE:
                raise Problem(f"nothing new while waiting for {for_what}: {heard}; the bot said {self.said()}")
            time.sleep(0.2)

    def wait_for_end(self, frames: int) -> dict:
        """Waits for at least so many frames and then for the sender to fall silent."""
        self.wait(f"{frames} frames", lambda heard: heard["heard"] >= frames and heard["silence"] >= 5)
        last, since = self.heard(), time.monotonic()
        while time.monotonic() - since < 4:
            time.sleep(0.2)
            if (now := self.heard()) != last:
                last, since = now, time.monotonic()
        return last


@dataclasses.dataclass
class Piece:
    """A stretch of a song as it should have been heard: its frames from … to, at a volume."""

    song: str
    start: int
    end: int
    gain: float | None = 0.0  # dB; None where the volume changes in between


class Finding:
    """What came of one scenario."""

    def __init__(self, name: str):
        self.name = name
        self.problems: list[str] = []
        self.held = contextlib.ExitStack()
        self.figures: dict = {}

    def expect(self, holds: bool, sentence: str) -> None:
        if not holds and len(self.problems) < 8:
            self.problems.append(sentence)

    def judge_counters(self, counters: dict, expected: int) -> None:
        """Frame counters must be exact."""
        drops = counters["kernel_drops"]
        self.expect(drops == 0, f"the kernel dropped {drops} packets before the listener: the machine is too busy for this test")
        for fault in ("lost", "doubled", "reordered", "undecodable"):
            self.expect(counters[fault] == 0, f"{counters[fault]} frames {fault}")
        self.expect(counters["heard"] == expected, f"{counters['heard']} frames heard instead of {expected}")
        self.figures |= {
            "frames_expected": expected, "frames_heard": counters["heard"], "frames_lost": counters["lost"],
            "frames_doubled": counters["doubled"],
        }

    def judge_packets(self, heard: list[str], wanted: list[str]) -> None:
        """Passthrough: every packet as it is in the file."""
        differing = sum(one != other for one, other in zip(heard, wanted)) + abs(len(heard) - len(wanted))
        self.figures["packets_differing"] = self.figures.get("packets_differing", 0) + differing
        self.expect(differing == 0, f"{differing} packets are not those of the file")

    def judge_sound(self, heard: numpy.ndarray, piece: Piece, songs: Songs, breaks=()) -> list[dict]:
        """Marks, levels and spectrum of one stretch, against what ffmpeg hears in the file.

        `breaks` are the frames of the song before which there was silence: around them only the place counts.
        """

        def is_whole(first: int, last: int) -> bool:
            return not any(first - SETTLING < broken * FRAME < last for broken in breaks)

        signal = songs.signals[piece.song]
        levels, bands = songs.truth(piece.song)
        begin = piece.start * FRAME
        marks = sound_signal.listen(heard, signal, begin)
        reach = (min(piece.end * FRAME, len(signal.sound)) - begin) - 3 * sound_signal.REACH
        due = [mark for mark in signal.marks if begin + 3 * sound_signal.REACH <= mark[0] and mark[1] <= begin + reach]
        self.expect(len(marks) >= len(due) > 0, f"{len(marks)} marks of {piece.song} could be looked for, not {len(due)}")
        for mark in marks:
            place = mark["mark"][0] / 48_000
            mark["level"] = max((h - t for h, t in zip(mark["levels"], levels[mark["mark"]])), key=abs)
            self.expect(mark["likeness"] > LIKENESS, f"{piece.song}: the sound at {place:.2f} s is not there")
            self.expect(abs(mark["late_ms"]) <= ALIGNMENT_MS, f"{piece.song}: the sound at {place:.2f} s is {mark['late_ms']:.1f} ms late")
        if not marks:
            return marks
        whole = [mark for mark in marks if is_whole(*mark["mark"])]
        self.note("alignment_ms", max((mark["late_ms"] for mark in marks), key=abs))
        self.note("likeness", min(mark["likeness"] for mark in marks), pick=min)
        self.figures["marks"] = self.figures.get("marks", 0) + len(marks)
        if piece.gain is None:
            return marks
        for mark in whole:
            place = mark["mark"][0] / 48_000
            self.expect(abs(mark["level"] - piece.gain) <= MARK_DB, f"{piece.song}: the sound at {place:.2f} s is off by {mark['level'] - piece.gain:.2f} dB")
        for side in (0, 1):
            off = numpy.mean([m["levels"][side] - levels[m["mark"]][side] for m in whole]) - piece.gain
            self.note("level_off_db", float(off))
            self.expect(abs(off) <= LEVEL_DB, f"{piece.song}: channel {side} is off by {off:.2f} dB")
        for (first, last), wanted in bands.items():
            if first < begin or last > begin + len(heard) or not is_whole(first, last):
                continue
            off = numpy.abs(sound_signal.spectrum(heard[first - begin : last - begin]) - wanted - piece.gain).max()
            self.note("spectrum_off_db", float(off))
            self.expect(off <= BAND_DB, f"{piece.song}: a third octave of the sweep is off by {off:.2f} dB")
        return marks

    def note(self, name: str, value: float, pick=lambda values: max(values, key=abs)) -> None:
        """Keeps the worst of a figure."""
        self.figures[name] = round(pick([value] + ([self.figures[name]] if name in self.figures else [])), 3)


class Recording:
    """What the listener kept: the packets without silence frames, and their sound."""

    def __init__(self, data: bytes):
        packets = sound_signal.ogg_packets(data)
        header, packets = packets[0], packets[2:]
        skipped = int.from_bytes(header[10:12], "little")
        sound = sound_signal.decode("-", input=data)
        sound = numpy.concatenate([numpy.zeros((skipped, 2), numpy.float32), sound])
        if len(sound) != len(packets) * FRAME:
            raise Problem(f"{len(packets)} packets decode to {len(sound)} samples")
        spoken = [index for index, packet in enumerate(packets) if packet != SILENCE]
        self.digests = [hashlib.md5(packets[index]).hexdigest() for index in spoken]
        self.sound = sound.reshape(-1, FRAME, 2)[spoken].reshape(-1, 2)
        #: Silence frames heard before each frame.
        self.silence_before = numpy.diff([-1] + spoken) - 1

    def __len__(self) -> int:
        return len(self.digests)

    def breaks(self, begin: int = 0, place: int = 0) -> list[int]:
        """The frames after silence, counted in a song whose frame `place` is frame `begin` of the recording."""
        return [int(index) - begin + place for index in numpy.flatnonzero(self.silence_before) if index >= begin and index > 0]


class Scenarios:
    """Everything that is played; each method is one scenario and needs a guild of its own."""

    def __init__(self, songs: Songs, server: str):
        self.songs = songs
        #: Ten minutes of sound take half a gigabyte: two scenarios are judged at a time.
        self.turns = threading.Semaphore(2)
        self.all = {name: functools.partial(self.plain, name) for name in FORMATS}
        self.all |= {
            "http": functools.partial(self.plain, "flac-44.flac", address=f"{server}/flac-44.flac"),
            "http-passthrough": functools.partial(self.plain, "opus.ogg", address=f"{server}/opus.ogg"),
            "volume": self.volume, "volume-midway": self.volume_midway, "pause": self.pause,
            "seek-near": functools.partial(self.seek, "opus.webm", 5), "seek-far": functools.partial(self.seek, "opus.ogg", 10),
            "seek-transcode": functools.partial(self.seek, "mp3.mp3", 10), "skip": self.skip,
            "gapless": functools.partial(self.gapless, "first-opus.ogg", "second-opus.ogg"),
            "gapless-transcode": functools.partial(self.gapless, "first-flac-44.flac", "second-mp3.mp3"),
        }

    def finish(self, hall: Hall, finding: Finding, expected: int) -> tuple[Recording, dict]:
        """Waits for the end, judges the counters, fetches what was kept."""
        counters = hall.wait_for_end(expected)
        finding.held.enter_context(self.turns)
        recording = Recording(hall.get(f"voice/{hall.voice}/recording.ogg"))
        finding.figures["silence_inside"] = int(recording.silence_before[1:].sum())
        finding.expect(len(recording) == counters["heard"], f"{len(recording)} frames were kept of {counters['heard']}")
        return recording, counters

    def plain(self, song: str, hall: Hall, finding: Finding, address: str | None = None) -> None:
        hall.command("play", query=address or song)
        frames = self.songs.frames(song)
        recording, counters = self.finish(hall, finding, frames)
        finding.judge_counters(counters, frames)
        if self.songs.is_passed_through(song):
            finding.judge_packets(recording.digests, self.songs.digests(song))
        finding.judge_sound(recording.sound, Piece(song, 0, frames), self.songs, recording.breaks())

    def volume(self, hall: Hall, finding: Finding) -> None:
        """Half the volume from the start: a passthrough song must be transcoded and 6.02 dB quieter."""
        song = "opus.ogg"
        hall.command("join")
        hall.command("volume", level=50)
        hall.command("play", query=song)
        # Transcoded, the song has no frame for the codec's own delay.
        frames = self.songs.signals[song].frames
        recording, counters = self.finish(hall, finding, frames)
        finding.judge_counters(counters, frames)
        finding.judge_sound(recording.sound, Piece(song, 0, frames, QUIETER), self.songs, recording.breaks())

    def volume_midway(self, hall: Hall, finding: Finding) -> None:
        """The volume halved in the middle: no frame lost or doubled, one step in level."""
        song = "wav.wav"
        hall.command("play", query=song)
        hall.wait("two seconds", lambda heard: heard["heard"] > 100)
        hall.command("volume", level=50)
        frames = self.songs.frames(song)
        recording, counters = self.finish(hall, finding, frames)
        finding.judge_counters(counters, frames)
        marks = sorted(finding.judge_sound(recording.sound, Piece(song, 0, frames, None), self.songs, recording.breaks()), key=lambda mark: mark["mark"])
        loud = [abs(mark["level"]) <= MARK_DB for mark in marks]
        quiet = [abs(mark["level"] - QUIETER) <= MARK_DB for mark in marks]
        step = loud.index(False) if False in loud else len(loud)
        finding.expect(step > 0 and all(quiet[step + 1 :]) and step < len(marks) - 5, "the level does not fall once by half and stay")
        off = float(numpy.mean([mark["level"] for mark in marks[step + 1 :]]) - QUIETER)
        finding.note("level_off_db", off)
        finding.expect(abs(off) <= LEVEL_DB, f"after the change the level is off by {off:.2f} dB")

    def pause(self, hall: Hall, finding: Finding) -> None:
        """Paused and resumed twice: the packets are still those of the file."""
        song = "opus.ogg"
        hall.command("play", query=song)
        for seconds in (2, 5):
            before = hall.wait(f"{seconds} seconds", lambda heard: heard["heard"] > seconds * 50)
            hall.command("pause")
            hall.wait("the pause", lambda heard: heard["silence"] >= before["silence"] + 5)
            hall.command("resume")
        frames = self.songs.frames(song)
        recording, counters = self.finish(hall, finding, frames)
        finding.judge_counters(counters, frames)
        pauses = int((recording.silence_before[1:] >= 5).sum())
        finding.expect(pauses == 2, f"{pauses} pauses were heard instead of 2")
        finding.judge_packets(recording.digests, self.songs.digests(song))
        finding.judge_sound(recording.sound, Piece(song, 0, frames), self.songs, recording.breaks())

    def seek(self, song: str, seconds: int, hall: Hall, finding: Finding) -> None:
        """From somewhere behind the second second to an exact place."""
        target = seconds * 50
        hall.command("play", query=song)
        before = hall.wait("two seconds", lambda heard: heard["heard"] > 100)
        hall.command("seek", position=f"0:{seconds:02}")
        frames = self.songs.frames(song)
        recording, counters = self.finish(hall, finding, before["heard"] + frames - target)
        left = len(recording) - (frames - target)
        finding.judge_counters(counters, left + frames - target)
        finding.expect(before["heard"] <= left <= frames, f"the jump came after {left} frames")
        finding.figures["jumped_at_frame"] = left
        if self.songs.is_passed_through(song):
            wanted = self.songs.digests(song)
            finding.judge_packets(recording.digests, wanted[:left] + wanted[target:])
        finding.judge_sound(recording.sound[: left * FRAME], Piece(song, 0, left), self.songs, recording.breaks())
        finding.judge_sound(recording.sound[left * FRAME :], Piece(song, target, frames), self.songs, recording.breaks(left, target))

    def skip(self, hall: Hall, finding: Finding) -> None:
        """Skipped in the middle: the second song is heard from its first frame to its last."""
        first, second = "first-opus.ogg", "second-opus.ogg"
        hall.command("play", query=first)
        hall.wait("the first frames", lambda heard: heard["heard"] > 0)
        hall.command("play", query=second)
        before = hall.wait("two seconds", lambda heard: heard["heard"] > 100)
        hall.command("skip")
        frames = self.songs.frames(second)
        recording, counters = self.finish(hall, finding, before["heard"] + frames)
        left = len(recording) - frames
        finding.judge_counters(counters, left + frames)
        finding.expect(before["heard"] <= left < self.songs.frames(first), f"the skip came after {left} frames")
        finding.figures["jumped_at_frame"] = left
        finding.judge_packets(recording.digests, self.songs.digests(first)[:left] + self.songs.digests(second))
        finding.judge_sound(recording.sound[left * FRAME :], Piece(second, 0, frames), self.songs, recording.breaks(left))

    def gapless(self, first: str, second: str, hall: Hall, finding: Finding) -> None:
        """One song after the other: no frame of silence between them, nothing lost of either."""
        hall.command("play", query=first)
        hall.wait("the first frames", lambda heard: heard["heard"] > 0)
        hall.command("play", query=second)
        cut, rest = self.songs.frames(first), self.songs.frames(second)
        recording, counters = self.finish(hall, finding, cut + rest)
        finding.judge_counters(counters, cut + rest)
        between = int(recording.silence_before[cut - 100 : cut + 100].sum())
        finding.expect(between == 0, f"{between} frames of silence around the hand-over")
        if self.songs.is_passed_through(first) and self.songs.is_passed_through(second):
            finding.judge_packets(recording.digests, self.songs.digests(first) + self.songs.digests(second))
        finding.judge_sound(recording.sound[: cut * FRAME], Piece(first, 0, cut), self.songs, recording.breaks())
        finding.judge_sound(recording.sound[cut * FRAME :], Piece(second, 0, rest), self.songs, recording.breaks(cut))


class FileServer(http.server.ThreadingHTTPServer):
    """The songs over HTTP, in ranges, on loopback."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            path = self.server.folder / pathlib.PurePosixPath(self.path).name
            if not path.is_file():
                return self.send_error(404)
            data = path.read_bytes()
            first, last = 0, len(data) - 1
            asked = self.headers.get("Range", "")
            if asked.startswith("bytes="):
                words = asked[6:].split("-")
                first, last = int(words[0] or 0), min(last, int(words[1] or last))
            self.send_response(206 if asked else 200)
            self.send_header("Content-Type", "application/octet-stream")
            self.send_header("Accept-Ranges", "bytes")
            self.send_header("Content-Length", str(last - first + 1))
            if asked:
                self.send_header("Content-Range", f"bytes {first}-{last}/{len(data)}")
            self.end_headers()
            try:
                self.wfile.write(data[first : last + 1])
            except OSError:
                pass  # the player has enough

        def log_message(self, *_):
            pass

    def handle_error(self, *_):
        pass  # whoever left early needs no answer

    def __init__(self, folder: pathlib.Path):
        super().__init__(("127.0.0.1", 0), self.Handler)
        self.folder = folder
        self.daemon_threads = True
        threading.Thread(target=self.serve_forever, daemon=True).start()


def run(songs: Songs, only: list[str] | None = None) -> list[Finding]:
    """Plays every scenario (or those named) at the same time and judges what was heard."""
    from conftest import Running

    server = FileServer(songs.folder)
    place = f"127.0.0.1:{server.server_address[1]}"
    scenarios = Scenarios(songs, f"http://{place}")
    chosen = only or list(scenarios.all)
    kept = str(2 * max(signal.frames for signal in songs.signals.values()) + 1000)
    demo = Running(
        "demo", "--port", "0", "--guilds", str(len(chosen)), "--frames-kept", kept, "--json",
        environment={"BACKLINE_LIBRARY": str(songs.folder), "BACKLINE_ALLOWED_HOSTS": place},
    )

    def play(name: str, guild: dict) -> Finding:
        finding = Finding(name)
        try:
            with finding.held:
                scenarios.all[name](Hall(demo.addresses["page"], guild), finding)
        except Exception as error:  # noqa: BLE001: whatever stops a scenario is its result
            finding.problems.append(f"{type(error).__name__}: {error}")
        return finding

    try:
        page = demo.addresses["page"].rstrip("/")
        guilds = json.load(urllib.request.urlopen(f"{page}/sandbox/api/world", timeout=60))["guilds"]
        with concurrent.futures.ThreadPoolExecutor(len(chosen)) as pool:
            playing = pool.map(play, chosen, guilds)
            for song in songs.signals:
                songs.truth(song)  # while the songs play: their judgement is then quicker
            return list(playing)
    finally:
        demo.stop()
        server.shutdown()
        server.server_close()


def main() -> int:
    parser = argparse.ArgumentParser(prog="Scripts/sound-check", description="Plays sweeps and clicks and listens to them.")
    parser.add_argument("--minutes", type=float, default=0.25, help="length of the songs (0.25)")
    parser.add_argument("--only", default="", help="names of scenarios, separated by commas")
    arguments = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        songs = Songs(pathlib.Path(folder), arguments.minutes * 60)
        findings = run(songs, [name for name in arguments.only.split(",") if name])
    columns = ["frames_expected", "frames_heard", "frames_lost", "frames_doubled", "packets_differing", "marks", "alignment_ms",
               "level_off_db", "spectrum_off_db", "likeness", "silence_inside"]
    print(f"{'scenario':18}", *(f"{name:>17}" for name in columns))
    for finding in findings:
        print(f"{finding.name:18}", *(f"{finding.figures.get(name, '–'):>17}" for name in columns))
        for problem in finding.problems:
            print(f"    {problem}")
    well = all(not finding.problems for finding in findings)
    print(json.dumps({
        "ok": well, "song_seconds": arguments.minutes * 60, "wall_seconds": round(time.monotonic() - began),
        "scenarios": [{"name": f.name, **f.figures, "problems": f.problems} for f in findings],
    }))
    return 0 if well else 1


if __name__ == "__main__":
    sys.exit(main())
