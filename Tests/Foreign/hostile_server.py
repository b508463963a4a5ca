"""A web server that does everything a server should not, for songs that nobody should have to play."""

import gzip
import http.server
import pathlib
import random
import struct
import threading
import time

LIBRARY = pathlib.Path(__file__).resolve().parents[2] / "Library"
OPUS = (LIBRARY / "bach-prelude-in-c.opus").read_bytes()
MP3 = (LIBRARY / "beethoven-fur-elise.mp3").read_bytes()
EVIL_TITLE = "@everyone [x](javascript:alert(1)) \x1b[31m\u202e**bold** <@1> `code`\r\n# big"


def wav(samples, rate=48_000, tags=b""):
    """The header of a mono WAV file of 16-bit samples, with tags before the sound."""
    fmt = struct.pack("<HHIIHH", 1, 1, rate, rate * 2, 2, 16)
    chunks = b"fmt " + struct.pack("<I", 16) + fmt + tags + b"data" + struct.pack("<I", samples * 2)
    return b"RIFF" + struct.pack("<I", 4 + len(chunks) + samples * 2) + b"WAVE" + chunks


def title_chunk(title):
    """A title as WAV files carry it."""
    text = title.encode() + b"\0"
    text += b"\0" * (len(text) % 2)
    body = b"INFO" + b"INAM" + struct.pack("<I", len(text)) + text
    return b"LIST" + struct.pack("<I", len(body)) + body


RANDOM = random.Random(5).randbytes(200_000)
LONG_SECONDS = 10 * 3600
LONG_HEADER = wav(LONG_SECONDS * 8000, rate=8000)
SONG = wav(48_000 * 20) + bytes(48_000 * 2 * 20)
BODIES = {
    "/song.wav": SONG,
    "/truncated.opus": OPUS[: len(OPUS) * 2 // 5],
    "/broken.opus": OPUS[:600] + RANDOM,
    "/random.mp3": RANDOM,
    "/zero.mp3": b"",
    "/empty.wav": wav(0),
    "/headers.opus": OPUS[:300],
    "/text.mp3": b"<html><body>Please log in first.</body></html>" * 40,
    "/title.wav": wav(48_000 * 20, tags=title_chunk(EVIL_TITLE)) + bytes(48_000 * 2 * 20),
    "/hls-file.m3u8": b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "/hls-private.m3u8": b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nhttp://169.254.169.254/a.ts\n#EXT-X-ENDLIST\n",
    "/hls-local.m3u8": b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nhttp://127.0.0.1:1/a.ts\n#EXT-X-ENDLIST\n",
    "/hls-concat.m3u8": b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nconcat:/etc/passwd|/etc/group\n#EXT-X-ENDLIST\n",
    "/hls-itself.m3u8": b"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n/hls-itself.m3u8\n",
    "/hls-empty.m3u8": b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXT-X-ENDLIST\n",
}
REDIRECTS = {
    "/to-file": "file:///etc/passwd",
    "/to-metadata": "http://169.254.169.254/latest/meta-data/",
    "/to-loopback": "http://127.0.0.1:1/",
    "/to-itself": "/to-itself",
    "/to-gopher": "gopher://127.0.0.1:70/",
}


class Handler(http.server.BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass

    def start(self, status=200, length=None, kind="audio/mpeg", **headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        if length is not None:
            self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Connection", "close")
        self.end_headers()
        self.close_connection = True

    def do_GET(self):
        path = self.path.split("?")[0]
        try:
            self.answer(path)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def answer(self, path):
        if path in BODIES:
            kind = "application/vnd.apple.mpegurl" if path.endswith(".m3u8") else "audio/mpeg"
            self.start(length=len(BODIES[path]), kind=kind)
            self.wfile.write(BODIES[path])
        elif path in REDIRECTS:
            self.start(302, 0, Location=REDIRECTS[path])
        elif path.startswith("/status/"):
            self.start(int(path.split("/")[2]), 5)
            self.wfile.write(b"sorry")
        elif hasattr(self, path.strip("/").replace("-", "_").split(".")[0]):
            getattr(self, path.strip("/").replace("-", "_").split(".")[0])()
        else:
            self.start(404, 0)

    def forever(self, chunk, pause=0.0):
        while not self.server.over.wait(pause):
            self.wfile.write(chunk)

    def noise(self):
        self.start()
        self.forever(RANDOM)

    def zeros(self):
        self.start()
        self.forever(bytes(65_536))

    def hang(self):
        self.server.over.wait(300)

    def stall(self):
        self.start(length=len(MP3))
        self.wfile.write(MP3[:1000])
        self.server.over.wait(300)

    def drip(self):
        self.start(length=len(MP3))
        for byte in MP3:
            self.wfile.write(bytes([byte]))
            if self.server.over.wait(0.5):
                return

    def head_drip(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
        self.forever(b"a", 0.5)

    def endless_head(self):
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        self.forever(b"X-More: " + b"a" * 1000 + b"\r\n")

    def too_long(self):
        """Announces ten times what comes."""
        self.start(length=len(MP3) * 10)
        self.wfile.write(MP3[: len(MP3) // 4])

    def too_short(self):
        """Announces a tenth of what comes."""
        self.start(length=len(MP3) // 10)
        self.wfile.write(MP3)

    def nonsense(self):
        self.wfile.write(RANDOM[:5000])
        self.close_connection = True

    def bomb(self):
        """A hundred megabytes in a hundred kilobytes."""
        body = gzip.compress(bytes(100 << 20), 1)
        self.start(length=len(body), Content_Encoding="gzip")
        self.wfile.write(body)

    def ten_hours(self):
        """Ten hours of silence that exist nowhere."""
        total = len(LONG_HEADER) + LONG_SECONDS * 16_000
        first, last = 0, total - 1
        wanted = self.headers.get("Range")
        if wanted:
            words = wanted.removeprefix("bytes=").split("-")
            first = int(words[0])
            last = min(int(words[1]) if words[1] else total - 1, total - 1)
        self.start(
            206 if wanted else 200, last - first + 1, "audio/wav", Accept_Ranges="bytes",
            **({"Content_Range": f"bytes {first}-{last}/{total}"} if wanted else {}),
        )
        while first <= last and not self.server.over.is_set():
            chunk = LONG_HEADER[first:first + 65_536] if first < len(LONG_HEADER) else bytes(min(65_536, last - first + 1))
            self.wfile.write(chunk)
            first += len(chunk)

    # Good ones, but live

    def radio(self):
        """A station that never ends: MP3 as Icecast sends it, at about its own speed after a first burst."""
        self.start(kind="audio/mpeg", icy_name="Chaos FM", icy_br="128")
        frames = MP3[_first_frame(MP3):]
        self.wfile.write(frames[:64_000])
        place = 64_000
        while not self.server.over.wait(0.1):
            self.wfile.write(frames[place:place + 2_400])
            place = (place + 2_400) % len(frames)

    def live(self):
        """A live HLS playlist whose window moves on."""
        first = int(time.monotonic() - self.server.began)
        lines = ["#EXTM3U", "#EXT-X-VERSION:3", "#EXT-X-TARGETDURATION:1", f"#EXT-X-MEDIA-SEQUENCE:{first}"]
        for number in range(first, first + 6):
            lines += ["#EXTINF:1.0,", f"segment.mp3?{number}"]
        body = ("\n".join(lines) + "\n").encode()
        self.start(length=len(body), kind="application/vnd.apple.mpegurl")
        self.wfile.write(body)

    def segment(self):
        """About a second of MP3 with whole frames."""
        frames = mp3_frames()
        number = int(self.path.split("?")[1])
        body = b"".join(frames[(number * 38 + step) % len(frames)] for step in range(38))
        self.start(length=len(body))
        self.wfile.write(body)


def _first_frame(data):
    place = 0
    if data[:3] == b"ID3":
        size = data[6:10]
        place = 10 + (size[0] << 21 | size[1] << 14 | size[2] << 7 | size[3])
    return place


_frames = []


def mp3_frames():
    """The MP3 file's frames, one by one (MPEG-1 layer III)."""
    rates = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0]
    if not _frames:
        place = _first_frame(MP3)
        while place + 4 < len(MP3) and MP3[place] == 0xFF:
            rate = rates[MP3[place + 2] >> 4] * 1000
            hertz = [44_100, 48_000, 32_000][MP3[place + 2] >> 2 & 3]
            length = 144 * rate // hertz + (MP3[place + 2] >> 1 & 1)
            _frames.append(MP3[place:place + length])
            place += length
    return _frames


class Server(http.server.ThreadingHTTPServer):
    """The server on a port of the system's choice, in threads of its own."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.over = threading.Event()
        self.began = time.monotonic()
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client):
        pass

    def stop(self):
        """Ends everything that is still being sent."""
        self.over.set()
        self.shutdown()
        self.server_close()
