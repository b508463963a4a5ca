"""The worker as a process: its messages, deadlines and end; with a stub of yt-dlp, and with the real one on loopback."""

import http.server
import importlib.util
import json
import os
import subprocess
import sys
import threading
import time
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROGRAM = HERE.parent / "extractor.py"


class Process:
    """A worker to talk to."""

    def __init__(self, *arguments, stub=True):
        environment = dict(os.environ)
        environment["PYTHONPATH"] = str(HERE / "stub_yt_dlp") if stub else ""
        command = [sys.executable, str(PROGRAM), *arguments]
        self.child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment,
            start_new_session=True)

    def ask(self, **request):
        return self.send(json.dumps(request).encode() + b"\n")

    def send(self, line):
        self.child.stdin.write(line)
        self.child.stdin.flush()
        return json.loads(self.child.stdout.readline())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.child.stdin.close()
        self.child.stdout.close()
        self.child.wait(10)


# Addresses are numbers of public networks, so that no test asks a name server.
SITE = "https://93.184.216.34/"


class WithStub(unittest.TestCase):
    def test_answers_carry_the_id_and_nothing_else_reaches_stdout(self):
        with Process() as worker:
            self.assertTrue(worker.ask(id=1, op="version")["result"]["ready"])
            answer = worker.ask(id=2, op="search", query="two words", limit=3)
            self.assertEqual(answer["id"], 2)
            self.assertEqual([t["title"] for t in answer["result"]["tracks"]], [f"two words {n}" for n in range(3)])
            self.assertEqual(worker.ask(id=3, op="search", query=" ", limit=3)["error"]["code"], "bad_request")

    def test_a_song_comes_with_its_audio(self):
        with Process() as worker:
            song = worker.ask(id=1, op="lookup", url=SITE + "abc")["result"]["song"]
            self.assertEqual(song["title"], "Title of abc by visionos")
            self.assertEqual((song["site"], song["id"], song["duration"], song["live"]), ("youtube", "abc", 12.5, False))
            self.assertEqual(song["audio"]["format"], "251")
            self.assertEqual(song["audio"]["codec"], "opus")
            self.assertEqual(song["audio"]["expires"], 2000000000)
            self.assertEqual(song["audio"]["client"], "VISIONOS")
            self.assertEqual(song["audio"]["headers"], {"User-Agent": "x"})

    def test_each_way_asks_other_clients(self):
        with Process() as worker:
            titles = [worker.ask(id=n, op="stream", url=SITE + "abc", way=n)["result"]["song"]["title"] for n in range(4)]
            self.assertEqual([t.split()[-1] for t in titles], ["visionos", "default", "web_embedded", "default"])

    def test_a_broadcast_is_asked_again_the_slow_way(self):
        with Process() as worker:
            song = worker.ask(id=1, op="lookup", url=SITE + "live")["result"]["song"]
            self.assertTrue(song["live"])
            self.assertIsNone(song["duration"])
            self.assertEqual(song["audio"]["url"], "https://media.example/live.m3u8")

    def test_an_endless_list_ends(self):
        with Process() as worker:
            answer = worker.ask(id=1, op="lookup", url=SITE + "list", limit=1000)["result"]
            self.assertEqual(answer["name"], "A list")
            self.assertEqual(len(answer["tracks"]), 99)  # of a hundred, one is private
            self.assertEqual(len(worker.ask(id=2, op="lookup", url=SITE + "list", limit=4)["result"]["tracks"]), 4)

    def test_errors_have_codes_and_the_worker_goes_on(self):
        with Process() as worker:
            for number, (name, code) in enumerate(
                    {"private": "private", "age": "age", "region": "region", "bot": "bot_check",
                     "gone": "unavailable", "network": "network", "odd": "internal"}.items()):
                answer = worker.ask(id=number, op="stream", url=SITE + name)
                self.assertEqual((answer["id"], answer["error"]["code"]), (number, code))
                self.assertTrue(answer["error"]["sentence"])
            self.assertEqual(worker.ask(id=1, op="lookup", url="http://127.0.0.1/a")["error"]["code"], "private_address")
            self.assertEqual(worker.ask(id=1, op="lookup", url="file:///etc/passwd")["error"]["code"], "unsupported")

    def test_malformed_requests_are_answered(self):
        with Process() as worker:
            for line in (b"\n", b"garbage\n", b"[]\n", b"{}\n", b'{"id":1}\n', b'{"id":"1","op":"version"}\n',
                         b'{"id":1,"op":"version","deadline":-1}\n', b"\xff\xfe\n", b"[" * 20000 + b"\n",
                         b'{"id":1,"op":"search","query":"' + b"x" * 200_000 + b'"}\n',
                         b'{"id":1,"op":"stream","url":"https://93.184.216.34/a","way":99}\n'):
                with self.subTest(line[:30]):
                    self.assertEqual(worker.send(line)["error"]["code"], "bad_request")
            self.assertTrue(worker.ask(id=5, op="version")["ok"])

    def test_a_deadline_ends_the_request_and_then_the_worker(self):
        with Process() as worker:
            began = time.monotonic()
            answer = worker.ask(id=1, op="stream", url=SITE + "hang", deadline=0.3)
            self.assertLess(time.monotonic() - began, 5)
            self.assertEqual((answer["error"]["code"], answer["retire"]), ("timeout", True))
            self.assertEqual(worker.child.wait(5), 0)

    def test_the_end_of_the_parent_ends_a_busy_worker(self):
        worker = Process()
        worker.ask(id=1, op="version")
        worker.child.stdin.write(json.dumps({"id": 2, "op": "stream", "url": SITE + "hang"}).encode() + b"\n")
        worker.child.stdin.close()
        worker.child.wait(10)
        worker.child.stdout.close()


class WithoutYtDlp(unittest.TestCase):
    def test_it_starts_and_says_what_is_missing(self):
        # -S leaves the site packages out, so that no installed yt-dlp is found.
        child = subprocess.run(
            [sys.executable, "-S", "-E", str(PROGRAM)], capture_output=True, timeout=30,
            input=b'{"id":1,"op":"version"}\n{"id":2,"op":"search","query":"x"}\n')
        answers = [json.loads(line) for line in child.stdout.splitlines()]
        self.assertEqual(answers[0]["result"]["ready"], False)
        self.assertEqual(answers[1]["error"]["code"], "missing")


@unittest.skipUnless(importlib.util.find_spec("yt_dlp"), "yt-dlp is not installed for this Python")
class WithYtDlp(unittest.TestCase):
    """The real yt-dlp, on a page of this machine."""

    @classmethod
    def setUpClass(cls):
        class Site(http.server.BaseHTTPRequestHandler):
            def do_HEAD(self):
                self.do_GET()

            def do_GET(self):
                self.send_response(404 if self.path == "/missing.mp3" else 200)
                self.send_header("Content-Type", "audio/mpeg")
                self.send_header("Content-Length", "4")
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(b"ID3 ")

            def log_message(self, *_):
                pass

        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
        cls.base = f"http://127.0.0.1:{cls.server.server_port}"
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()

    @classmethod
    def tearDownClass(cls):
        cls.server.shutdown()
        cls.server.server_close()

    def test_a_real_extraction(self):
        with Process("--allow-loopback", stub=False) as worker:
            song = worker.ask(id=1, op="lookup", url=f"{self.base}/song.mp3")["result"]["song"]
            self.assertEqual(song["audio"]["url"], f"{self.base}/song.mp3")
            self.assertEqual(song["title"], "song")
            self.assertEqual(worker.ask(id=2, op="lookup", url=f"{self.base}/missing.mp3")["error"]["code"], "unavailable")

    def test_the_generic_extractor_is_off_otherwise(self):
        with Process(stub=False) as worker:
            self.assertEqual(worker.ask(id=1, op="lookup", url=f"{self.base}/song.mp3")["error"]["code"], "private_address")
            self.assertEqual(worker.ask(id=2, op="lookup", url="https://93.184.216.34/a")["error"]["code"], "unsupported")

    def test_the_fast_and_the_slow_way_accept_their_settings(self):
        with Process("--allow-loopback", stub=False) as worker:
            for way in range(3):
                answer = worker.ask(id=way, op="stream", url=f"{self.base}/song.mp3", way=way)
                self.assertTrue(answer["ok"], answer)


if __name__ == "__main__":
    unittest.main()
