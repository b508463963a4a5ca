"""The life of the worker: requests in, answers out, one at a time, each with a deadline."""

import argparse
import json
import os
import queue
import signal
import sys
import threading

from .failures import DeadlineExceeded, Failure, SENTENCES
from .guard import Guard, proxy_exceptions
from .lookup import Sites, find_deno, versions

MAXIMUM_REQUEST = 64 * 1024
MAXIMUM_ANSWER = 1024 * 1024


def parse(arguments):
    """Reads the command line."""
    parser = argparse.ArgumentParser(prog="extractor.py", description=__doc__)
    parser.add_argument("--self-test", action="store_true", help="print what is installed and end")
    parser.add_argument("--deno", help="path of the JavaScript runtime")
    parser.add_argument("--cache-dir", help="folder where yt-dlp keeps what it learned about players")
    parser.add_argument("--proxy", help="proxy that all requests go through")
    parser.add_argument("--source-address", help="local address that requests come from")
    parser.add_argument(
        "--allow-loopback", action="store_true", help="for tests: allow this machine's own addresses and any page")
    return parser.parse_args(arguments)


def protect_stdout():
    """Keeps stdout for answers: whatever else is printed, here or by children, goes to stderr."""
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return answers


def read_requests(source, lines):
    """Hands lines over; the end of the input, which is the parent's end, ends this process and its children at once."""
    while True:
        line = source.readline(MAXIMUM_REQUEST + 1)
        if not line:
            lines.put(None)
            break
        if len(line) > MAXIMUM_REQUEST:
            while line and not line.endswith(b"\n"):
                line = source.readline(MAXIMUM_REQUEST)
            line = b""
        lines.put(line)


class Worker:
    """Answers requests one after the other."""

    def __init__(self, sites, answers):
        self._sites = sites
        self._answers = answers
        self.retires = False

    def answer(self, line):
        """Does what one line asks for and writes one line."""
        identifier = None
        try:
            request = json.loads(line)
            if not isinstance(request, dict):
                raise Failure("bad_request", "not an object")
            identifier = request.get("id")
            if not isinstance(identifier, int) or isinstance(identifier, bool):
                identifier = None
                raise Failure("bad_request", "id")
            result = self._perform(request)
            reply = {"id": identifier, "ok": True, "result": result}
        except DeadlineExceeded:
            # What was interrupted may be left half done: the caller replaces this worker.
            self.retires = True
            reply = {"id": identifier, "ok": False, "error": Failure("timeout").message(), "retire": True}
        except Failure as failure:
            reply = {"id": identifier, "ok": False, "error": failure.message()}
        except (ValueError, RecursionError):
            reply = {"id": identifier, "ok": False, "error": Failure("bad_request").message()}
        except Exception as error:  # noqa: BLE001  (whatever happens, the caller gets an answer)
            sys.stderr.write(f"error: {type(error).__name__}: {str(error)[:300]}\n")
            reply = {"id": identifier, "ok": False, "error": Failure("internal").message()}
        self._write(reply)

    def _perform(self, request):
        operations = {
            "version": self._sites.version, "search": self._sites.search, "lookup": self._sites.lookup,
            "stream": self._sites.stream,
        }
        operation = operations.get(request.get("op"))
        if not operation:
            raise Failure("bad_request", "op")
        deadline = request.get("deadline", 20)
        if isinstance(deadline, bool) or not isinstance(deadline, (int, float)) or not 0 < deadline <= 300:
            raise Failure("bad_request", "deadline")

        def expire(_signal, _frame):
            raise DeadlineExceeded

        signal.signal(signal.SIGALRM, expire)
        signal.setitimer(signal.ITIMER_REAL, deadline)
        try:
            return operation(request)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)

    def _write(self, reply):
        line = json.dumps(reply, ensure_ascii=True, separators=(",", ":"), allow_nan=False).encode()
        if len(line) > MAXIMUM_ANSWER:
            reply = {"id": reply["id"], "ok": False, "error": Failure("internal").message()}
            line = json.dumps(reply).encode()
        line += b"\n"
        while line:
            line = line[self._answers.write(line):]


def end_group():
    """Ends this process with everything it has started, when it leads a process group of its own."""
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(0)


def main(arguments):
    """Runs until the input ends."""
    options = parse(arguments)
    if options.self_test:
        found = versions(find_deno(options.deno))
        print(json.dumps(found))
        if not found["yt_dlp"]:
            sys.stderr.write(SENTENCES["missing"] + "\n")
            return 1
        return 0
    answers = protect_stdout()
    guard = Guard(proxy_exceptions(options.proxy), options.allow_loopback)
    guard.install()
    worker = Worker(Sites(options, guard), answers)
    lines = queue.Queue(maxsize=16)
    finished = threading.Event()

    def read():
        read_requests(sys.stdin.buffer, lines)
        # Gives the answer under way no more than a moment: nobody may be left to read it.
        if not finished.wait(2):
            end_group()

    threading.Thread(target=read, daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: end_group())
    try:
        while not worker.retires:
            line = lines.get()
            if line is None:
                break
            worker.answer(line)
    except (BrokenPipeError, KeyboardInterrupt):
        pass
    finished.set()
    sys.stderr.flush()
    # Not by returning: the reading thread may hold the lock of stdin, which the interpreter's own end would wait for.
    os._exit(0)
