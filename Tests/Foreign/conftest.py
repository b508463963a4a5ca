"""Starts the programs under test: the sandbox alone, or the demo with our bot in it."""

import json
import os
import pathlib
import signal
import subprocess


import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("BACKLINE_PROGRAM", str(ROOT / ".build" / "release" / "backline"))
ATTACHMENTS = pathlib.Path(os.environ.get("BACKLINE_ATTACHMENTS", ROOT / ".build" / "test-attachments"))


class Running:
    """A program that printed its JSON line of addresses and runs until `stop`."""

    def __init__(self, *words: str, environment: dict[str, str] | None = None):
        ATTACHMENTS.mkdir(parents=True, exist_ok=True)
        self.log = open(ATTACHMENTS / f"{'-'.join(words[:1])}-{os.getpid()}.log", "ab")
        self.process = subprocess.Popen(
            [PROGRAM, *words], stdout=subprocess.PIPE, stderr=self.log, stdin=subprocess.DEVNULL,
            env={**os.environ, "BACKLINE_HOME": str(ROOT), **(environment or {})},
        )
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"{words[0]} ended with status {self.process.wait()} before it was ready: see {self.log.name}")
        self.addresses = json.loads(line)

    def stop(self) -> int:
        """Interrupts the program as Ctrl-C does; its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise


@pytest.fixture
def sandbox():
    """A fresh sandbox; `.addresses` has its addresses."""
    running = Running("sandbox", "--json")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def demo():
    """A fresh demo: sandbox, page and our bot."""
    running = Running("demo", "--port", "0", "--json")
    yield running
    running.stop()
