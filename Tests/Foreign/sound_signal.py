"""The sound test's songs and its ear: makes sweeps and clicks, encodes them, and measures where and how loud they came out.

ffmpeg is the only encoder and decoder here: nothing of Backline judges itself.
"""

import subprocess
import zlib

import numpy

RATE = 48_000
FRAME = 960  # samples of 20 ms
PERIOD = 8 * RATE  # two seconds of clicks, four of sweep, two of clicks
SWEEP = (2 * RATE, 6 * RATE)
REACH = RATE // 20  # how far a mark is looked for: 50 ms either way
LOW, HIGH = 20.0, 18_000.0

# What ffmpeg makes of the song: file name → options.
FORMATS = {
    "opus.ogg": ["-c:a", "libopus", "-b:a", "128k", "-frame_duration", "20"],
    "opus.webm": ["-c:a", "libopus", "-b:a", "160k", "-frame_duration", "20"],
    "opus60.ogg": ["-c:a", "libopus", "-b:a", "128k", "-frame_duration", "60"],
    "mp3.mp3": ["-c:a", "libmp3lame", "-b:a", "192k", "-ar", "44100"],
    "flac-mono-48.flac": ["-c:a", "flac", "-ac", "1"],
    "flac-44.flac": ["-c:a", "flac", "-ar", "44100"],
    "wav.wav": ["-c:a", "pcm_s16le"],
    "aac.m4a": ["-c:a", "aac", "-b:a", "192k", "-ar", "44100"],
    "vorbis.ogg": ["-c:a", "libvorbis", "-q:a", "6"],
}


class Signal:
    """A song of `seconds`: stereo floats (the right channel quieter), and marks: stretches that cannot be mistaken for others."""

    def __init__(self, seconds: float, seed: str):
        dice = numpy.random.default_rng(zlib.crc32(seed.encode()))
        self.frames = round(seconds * 50)
        length = self.frames * FRAME
        self.clicks, self.sweeps, self.marks = [], [], []
        sound = numpy.zeros(length)
        time = numpy.arange(SWEEP[1] - SWEEP[0]) / RATE
        span = time[-1]
        growth = numpy.log(HIGH / LOW)
        sweep = 0.25 * numpy.sin(2 * numpy.pi * LOW * span / growth * (numpy.exp(growth * time / span) - 1))
        fade = numpy.minimum(1, numpy.minimum(numpy.arange(len(sweep)), numpy.arange(len(sweep))[::-1]) / 480)
        sweep *= fade
        click = 0.6 * numpy.hanning(288) * numpy.sin(2 * numpy.pi * 2500 * numpy.arange(288) / RATE)
        for start in range(0, length, PERIOD):
            for left, right in ((0, SWEEP[0]), (SWEEP[1], PERIOD)):
                place = start + left + int(dice.integers(4800, 14_400))
                while place < min(start + right, length) - 5000:
                    sound[place : place + len(click)] += click
                    self.clicks.append(place)
                    self.marks.append((place - 1440, place + 1440 + len(click)))
                    place += int(dice.integers(7000, 20_000))
            end = min(start + SWEEP[1], length)
            if start + SWEEP[0] < end:
                sound[start + SWEEP[0] : end] += sweep[: end - start - SWEEP[0]]
            if end == start + SWEEP[1]:
                self.sweeps.append((start + SWEEP[0], end))
            for block in range(start + SWEEP[0], end - 9600, 9600):
                pitch = LOW * numpy.exp(growth * (block - start - SWEEP[0]) / len(sweep))
                if 40 < pitch < 9000:
                    self.marks.append((block, block + 9600))
        self.sound = dice.standard_normal((length, 2), dtype=numpy.float32)
        self.sound *= 10 ** (-52 / 20)
        self.sound[:, 0] += sound
        self.sound[:, 1] += 0.7 * sound

    def write(self, folder, name: str) -> None:
        """Encodes the song as the format `name` ends with says; afterwards its samples live in a file, not in memory."""
        options = next(FORMATS[known] for known in FORMATS if name.endswith(known))
        if name.endswith("flac-mono-48.flac"):
            self.sound = numpy.repeat(self.sound.mean(axis=1, keepdims=True), 2, axis=1)
        subprocess.run(
            ["ffmpeg", "-v", "error", "-y", "-f", "f32le", "-ar", str(RATE), "-ac", "2", "-i", "-", "-bitexact", *options,
             folder / name],
            input=self.sound.data, check=True,
        )
        numpy.save(folder / f"{name}.npy", self.sound)
        self.sound = numpy.load(folder / f"{name}.npy", mmap_mode="r")


def decode(source, **streams) -> numpy.ndarray:
    """Decodes a file (or `input` bytes) to stereo floats at 48 kHz."""
    # FFmpeg's own way from one channel to two takes 3 dB away; a player gives both ears the one channel.
    both = ["-af", "pan=stereo|c0=c0|c1=c0"] if "mono" in str(source) else ["-ac", "2"]
    opus = ["-c:a", "libopus"] if str(source).endswith(("opus.ogg", "opus60.ogg", "opus.webm")) or source == "-" else []
    done = subprocess.run(
        ["ffmpeg", "-v", "error", *opus, "-i", source, "-f", "f32le", "-ar", str(RATE), *both, "-"],
        capture_output=True, check=True, **streams,
    )
    return numpy.frombuffer(done.stdout, numpy.float32).reshape(-1, 2)


def packet_digests(path) -> list[str]:
    """The MD5 of each packet of a file, as ffmpeg reads it."""
    lines = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", path, "-map", "0:a", "-c", "copy", "-f", "framemd5", "-"],
        capture_output=True, check=True, text=True,
    ).stdout.splitlines()
    return [line.split(",")[5].strip() for line in lines if not line.startswith("#")]


def ogg_packets(data: bytes) -> list[bytes]:
    """The packets of an Ogg stream, the two headers first."""
    packets, partial, place = [], b"", 0
    while place < len(data):
        if data[place : place + 4] != b"OggS":
            raise ValueError("this is no Ogg page")
        lacing = data[place + 27 : place + 27 + data[place + 26]]
        place += 27 + len(lacing)
        for size in lacing:
            partial += data[place : place + size]
            place += size
            if size < 255:
                packets.append(partial)
                partial = b""
    return packets


def find(heard: numpy.ndarray, wanted: numpy.ndarray) -> tuple[int, float]:
    """Where `wanted` is in `heard`: (first sample, likeness 0…1)."""
    size = len(heard)  # shifts that wrap around are cut off below
    product = numpy.fft.irfft(numpy.fft.rfft(heard, size) * numpy.conj(numpy.fft.rfft(wanted, size)), size)
    product = product[: len(heard) - len(wanted) + 1]
    energy = numpy.concatenate([[0], numpy.cumsum(heard.astype(float) ** 2)])
    windows = energy[len(wanted) :] - energy[: -len(wanted)]
    likeness = product / numpy.sqrt(numpy.maximum(windows, 1e-9) * numpy.dot(wanted, wanted))
    best = int(numpy.argmax(likeness))
    return best, float(likeness[best])


def decibels(heard, wanted) -> float:
    """How much louder `heard` is than `wanted`."""
    powers = [max(1e-12, float(numpy.sum(numpy.square(sound, dtype=float)))) for sound in (heard, wanted)]
    return 10 * float(numpy.log10(powers[0] / powers[1]))


def listen(heard: numpy.ndarray, signal: Signal, begin: int = 0) -> list[dict]:
    """Looks for every mark of `signal` in `heard`, which should hold the song from sample `begin` on."""
    found = []
    for first, last in signal.marks:
        left, right = first - begin - REACH, last - begin + REACH
        if left < 0 or right > len(heard):
            continue
        wanted = signal.sound[first:last]
        place, likeness = find(heard[left:right].sum(axis=1), wanted.sum(axis=1))
        part = heard[left + place : left + place + last - first]
        found.append({
            "mark": (first, last), "late_ms": (place - REACH) / 48, "likeness": likeness,
            "levels": [decibels(part[:, side], wanted[:, side]) for side in (0, 1)],
        })
    return found


def spectrum(sound: numpy.ndarray) -> numpy.ndarray:
    """The power in third octaves from 50 Hz to 12.5 kHz, in dB, left and right together."""
    power = (numpy.abs(numpy.fft.rfft(sound, axis=0)) ** 2).sum(axis=1)
    pitch = numpy.fft.rfftfreq(len(sound), 1 / RATE)
    centres = 1000 * 2 ** (numpy.arange(-13, 12) / 3)
    bands = [power[(pitch >= centre / 2 ** (1 / 6)) & (pitch < centre * 2 ** (1 / 6))].sum() for centre in centres]
    return 10 * numpy.log10(numpy.maximum(bands, 1e-12))
