"""The storm test of encrypted calls: people join and leave and our bot is moved, a thousand times during one song.

By hand: Scripts/storm-check [--events N] [--seed N]. Alice listens in one channel and Bob in the other, so that wherever
the bot is moved, somebody decrypts what it sends; what both heard, put together, must be the song.
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile
import time

from conftest import Running
from place import BOB, BOT, Admin, Place, eventually, follow, opus_packets
from processes import named, resident_megabytes

GUESTS = 8
# What the bot sends between the moment it is moved and the moment it hears of it goes to a channel it has left.
LOST_IN_A_MOVE = 25  # frames of 20 ms


class Storm:
    """Two channels, their crowds, and the bot between them."""

    def __init__(self, place, seed):
        self.place, self.admin, self.dice = place, place.admin, random.Random(seed)
        self.rooms = [place.lounge, place.studio]
        self.crowds = {room: 0 for room in self.rooms}
        self.here = place.lounge
        self.changes = self.moves = 0

    def settled(self, room):
        return self.admin("GET", f"voice/{room}/dave")["settled"]

    def crowd(self):
        """Some people come to a channel or go, all at once."""
        room, count = self.dice.choice(self.rooms), self.dice.randrange(GUESTS + 1)
        self.admin("POST", "voice/crowd", channel_id=str(room), count=count)
        self.changes += abs(count - self.crowds[room])
        self.crowds[room] = count

    def move(self):
        """Somebody moves the bot to the other channel."""
        there = next(room for room in self.rooms if room != self.here)
        before = self.place.heard(there)
        self.admin("POST", "voice/move", user_id=str(BOT), channel_id=str(there))
        self.here = there
        self.moves += 1
        eventually(lambda: self.place.heard(there) > before, what=f"the song in {there} after move {self.moves}")

    def step(self):
        draw = self.dice.random()
        if draw < 0.12:
            self.move()
        elif draw < 0.3:
            eventually(lambda: self.settled(self.here), what="a settled call")
        else:
            self.crowd()
            time.sleep(self.dice.random() / 5)


def heard_in(place, channels):
    """The packets of both channels in order of arrival: (channel, bytes in hex)."""
    packets = [(arrival, room, payload) for room in channels for arrival, payload in place.frames(room)]
    return [(room, payload) for _, room, payload in sorted(packets, key=lambda packet: packet[0])]


def judge(heard, source):
    """Frames lost while the bot sat still, and at moves: (number, largest)."""
    places = follow([payload for _, payload in heard], source)
    still, moved = 0, []
    for (before, after), (left, right) in zip(zip(heard, heard[1:]), zip(places, places[1:])):
        if before[0] == after[0]:
            still += right - left - 1
        else:
            moved.append(right - left - 1)
    return places, still, moved


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--events", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        song = pathlib.Path(folder) / "noise.opus"
        # Noise, so that no two packets are alike.
        subprocess.run(
            ["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", f"anoisesrc=d={600 + options.events}:c=pink:a=0.3",
             "-c:a", "libopus", "-b:a", "48k", song], check=True)
        demo = Running(
            "demo", "--port", "0", "--json", "--frames-kept", "200000", environment={"BACKLINE_LIBRARY": folder})
        try:
            result = run(demo, options, opus_packets(song))
        finally:
            demo.stop()
    print(json.dumps(result))
    sys.exit(0 if result["ok"] else 1)


def run(demo, options, source):
    admin = Admin(demo.addresses["page"])
    place = Place(admin)
    place.seat()
    place.seat(place.studio, BOB)
    place.play("noise")
    (bot,) = named(demo.process.pid, "backline run")
    storm = Storm(place, options.seed)
    start, memory, last_told = time.monotonic(), [], 0
    while storm.changes + storm.moves < options.events:
        storm.step()
        if (done := storm.changes + storm.moves) >= last_told + options.events // 10:
            last_told = done
            memory.append(resident_megabytes(bot))
            print(f"  {done} events, {storm.moves} of them moves, {memory[-1]:.1f} MB", file=sys.stderr, flush=True)
    for room in storm.rooms:
        eventually(lambda: storm.settled(room), what="a settled call")
    place.hears_more(100, storm.here)
    heard = heard_in(place, storm.rooms)
    places, still, moved = judge(heard, source)
    streams = [stream for room in storm.rooms for stream in place.streams(room)]
    undecryptable = sum(stream["undecryptable"] + stream["sealed"] for stream in streams)
    restarts = sum(admin("GET", f"voice/{room}/dave")["counts"]["restarts"] for room in storm.rooms)
    ok = still == undecryptable == restarts == 0 and max(moved, default=0) <= LOST_IN_A_MOVE
    return {
        "ok": ok, "seed": options.seed, "seconds": round(time.monotonic() - start), "joins_and_leaves": storm.changes,
        "moves": storm.moves, "frames_heard": len(places), "frames_lost": still, "frames_undecryptable": undecryptable,
        "frames_lost_at_moves": sum(moved), "most_lost_at_a_move": max(moved, default=0), "restarts": restarts,
        "rss_mb": memory,
    }


if __name__ == "__main__":
    main()
