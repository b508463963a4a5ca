"""The scores of the song library, written out as standard MIDI files.

Each piece is a list of notes with a place in beats. Phrasing is put on afterwards: phrases swell and fall, the pulse
breathes a little, beats are placed with a small seeded unevenness, and the end slows down. Usage: library-scores.py FOLDER
"""

import math
import random
import struct
import sys

TICKS_PER_SECOND = 1920  # 960 ticks to the quarter note, 120 quarter notes to the minute
STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


def pitch(name):
    """The MIDI number of a note name such as C4, F#3 or Bb3."""
    step = STEPS[name[0]] + {"#": 1, "b": -1}.get(name[1], 0)
    return step + 12 * (int(name[-1]) + 1)


class Performance:
    """Notes in beats, turned into seconds by a curve of tempo."""

    def __init__(self, seed, program, seconds_per_beat, slow_from, slow_by):
        self.random = random.Random(seed)
        self.program = program
        self.seconds_per_beat = seconds_per_beat
        self.slow_from, self.slow_by = slow_from, slow_by
        self.events = []  # (second, order, bytes)

    def second(self, beat):
        """When a beat sounds: an even pulse with a broad breath of 1.5 %, and a ritardando from `slow_from` on."""
        time = beat * self.seconds_per_beat + 0.015 * math.sin(beat * math.pi / 8) * self.seconds_per_beat
        if beat > self.slow_from:
            time += self.slow_by * (beat - self.slow_from) ** 2 * self.seconds_per_beat
        return 0.25 + time

    def note(self, name, beat, beats, velocity):
        """One note; its loudness and its moment vary a little, as a hand does."""
        start = self.second(beat) + self.random.uniform(-0.004, 0.004)
        stop = max(start + 0.05, self.second(beat + beats) - 0.01)
        loud = max(1, min(127, round(velocity + self.random.uniform(-3, 3))))
        self.events.append((start, 2, bytes([0x90, pitch(name), loud])))
        self.events.append((stop, 1, bytes([0x80, pitch(name), 0])))

    def pedal(self, beat, until):
        """The sustain pedal, down just after the beat and up just before the next."""
        self.events.append((self.second(beat) + 0.03, 3, bytes([0xB0, 64, 127])))
        self.events.append((self.second(until) - 0.01, 0, bytes([0xB0, 64, 0])))

    def write(self, path, reverb):
        setup = [bytes([0xC0, self.program]), bytes([0xB0, 91, reverb]), bytes([0xB0, 7, 110])]
        track, last = b"", 0
        for message in setup:
            track += b"\x00" + message
        for second, _, message in sorted(self.events):
            tick = max(last, round(second * TICKS_PER_SECOND))
            track += variable(tick - last) + message
            last = tick
        track += variable(TICKS_PER_SECOND * 3) + b"\xff\x2f\x00"
        with open(path, "wb") as file:
            file.write(b"MThd" + struct.pack(">IHHH", 6, 0, 1, 960))
            file.write(b"MTrk" + struct.pack(">I", len(track)) + track)


def variable(value):
    """A MIDI variable-length number."""
    out = bytes([value & 0x7F])
    while value > 0x7F:
        value >>= 7
        out = bytes([0x80 | (value & 0x7F)]) + out
    return out


def prelude_in_c(path):
    """J. S. Bach, Prelude in C major BWV 846, bars 1 to 11: one broken chord of five notes to the half bar."""
    bars = """C4 E4 G4 C5 E5|C4 D4 A4 D5 F5|B3 D4 G4 D5 F5|C4 E4 G4 C5 E5|C4 E4 A4 E5 A5|C4 D4 F#4 A4 D5
    B3 D4 G4 D5 G5|B3 C4 E4 G4 C5|A3 C4 E4 G4 C5|D3 A3 D4 F#4 C5|G3 B3 D4 G4 B4"""
    chords = [bar.split() for bar in bars.replace("\n", "|").split("|")]
    swell = [56, 60, 62, 56, 68, 64, 66, 58, 56, 62, 52]
    play = Performance(846, 0, 0.70, slow_from=38, slow_by=0.022)
    for number, (low, second, *upper) in enumerate(chords):
        for half in (0, 2):
            beat, loud = number * 4 + half, swell[number] - half
            play.pedal(beat, beat + 2)
            play.note(low, beat, 2, loud + 4)
            play.note(second, beat + 0.25, 1.75, loud - 4)
            for index in range(6):
                accent = (0, 1, 5, -2, 0, 3)[index]
                play.note(upper[index % 3], beat + 0.5 + index * 0.25, 0.27, loud + accent)
    end = len(chords) * 4
    play.pedal(end, end + 4)
    for index, name in enumerate("G2 G3 B3 D4 G4".split()):
        play.note(name, end + index * 0.06, 4, 50 - index)
    play.write(path, 70)


def fuer_elise(path):
    """L. van Beethoven, Für Elise WoO 59, the theme, its second strain and the theme again. One beat is a sixteenth."""
    theme = [
        ("E5 D#5 E5 B4 D5 C5", ""), ("A4:2 . C4 E4 A4", "A2 E3 A3"), ("B4:2 . E4 G#4 B4", "E2 E3 G#3"),
        ("C5:2 . E4 E5 D#5", "A2 E3 A3"), ("E5 D#5 E5 B4 D5 C5", ""), ("A4:2 . C4 E4 A4", "A2 E3 A3"),
        ("B4:2 . E4 C5 B4", "E2 E3 G#3"),
    ]
    middle = [
        ("A4:2 . B4 C5 D5", "A2 E3 A3"), ("E5:3 G4 F5 E5", "C3 G3 C4"), ("D5:3 F4 E5 D5", "G2 G3 B3"),
        ("C5:3 E4 D5 C5", "A2 E3 A3"), ("B4:2 . E4 E5 .", "E2 E3"), (". E5 E6 . . D#5", ""),
        ("E5 . . D#5 E5 D#5", ""),
    ]
    bars = theme + middle + theme + [("A4:6", "A2 E3 A3")]
    play = Performance(59, 0, 0.215, slow_from=len(bars) * 6 - 9, slow_by=0.03)
    for beat, name in ((0, "E5"), (1, "D#5")):
        play.note(name, beat, 1, 50)
    for number, (right, left) in enumerate(bars):
        start = 2 + number * 6
        strain = 62 if len(theme) < number < len(theme) + 5 else 52
        beat = start
        if left:
            play.pedal(start, start + 5)
        for offset, name in enumerate(left.split()):
            play.note(name, start + offset, 1.6, strain - 8 + (4 if offset == 0 else 0))
        for item in right.split():
            name, _, length = item.partition(":")
            beats = int(length or 1)
            if name != ".":
                rise = 6 * math.sin((beat % 24) / 24 * math.pi)
                play.note(name, beat, beats * 1.05, strain + 4 + rise + (3 if beat == start else 0))
            beat += beats
    play.write(path, 78)


def cello_suite_on_guitar(path):
    """J. S. Bach, Cello Suite No. 1 BWV 1007, Prelude, bars 1 to 10, on a nylon-string guitar. Sixteenth notes."""
    bars = """G2 D3 B3 A3 B3 D3 B3 D3 G2 D3 B3 A3 B3 D3 B3 D3
    G2 E3 C4 B3 C4 E3 C4 E3 G2 E3 C4 B3 C4 E3 C4 E3
    G2 F#3 C4 B3 C4 F#3 C4 F#3 G2 F#3 C4 B3 C4 F#3 C4 F#3
    G2 G3 B3 A3 B3 G3 B3 G3 G2 G3 B3 A3 B3 G3 B3 F#3
    G2 E3 B3 A3 B3 G3 F#3 G3 E3 G3 F#3 G3 B2 D3 C#3 B2
    C#3 G3 A3 G3 A3 G3 A3 G3 C#3 G3 A3 G3 A3 G3 A3 G3
    F#3 A3 D4 C#4 D4 A3 G3 A3 F#3 A3 G3 A3 D3 F#3 E3 D3
    E2 B2 G3 F#3 G3 B2 G3 B2 E2 B2 G3 F#3 G3 B2 G3 B2
    E2 C#3 D3 E3 D3 C#3 B2 A2 G3 F#3 E3 D4 C#4 B3 A3 G3
    F#3 E3 D3 D4 A3 D4 F#3 A3 D3 E3 F#3 A3 G3 F#3 E3 D3"""
    play = Performance(1007, 24, 0.74, slow_from=36, slow_by=0.03)
    swell = [58, 60, 64, 60, 62, 66, 64, 60, 64, 58]
    for number, bar in enumerate(bars.splitlines()):
        for index, name in enumerate(bar.split()):
            beat = number * 4 + index / 4
            on_beat = (14, 0, 5, 0)[index % 4] if index % 8 == 0 else (3, 0, 2, 0)[index % 4]
            ring = 2.0 if index % 8 == 0 else 0.6
            play.note(name, beat, ring, swell[number] + on_beat + 4 * math.sin(index / 16 * math.pi))
    for index, name in enumerate("D2 A2 D3 F#3 A3".split()):
        play.note(name, 40 + index * 0.08, 4, 60 - index * 2)
    play.write(path, 60)


if __name__ == "__main__":
    folder = sys.argv[1]
    prelude_in_c(f"{folder}/prelude.mid")
    fuer_elise(f"{folder}/elise.mid")
    cello_suite_on_guitar(f"{folder}/suite.mid")
