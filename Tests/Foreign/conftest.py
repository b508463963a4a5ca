"""Starts the programs under test: the sandbox alone, or the demo with our bot in it."""

import json
import os
import pathlib
import signal
import subprocess
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("BACKLINE_PROGRAM", str(ROOT / ".build" / "release" / "backline"))
ATTACHMENTS = pathlib.Path(os.environ.get("BACKLINE_ATTACHMENTS", ROOT / ".build" / "test-attachments"))


def interrupt(process: subprocess.Popen) -> int:
    """Interrupts a process as Ctrl-C does; its exit status."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    try:
        return process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise


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
        return interrupt(self.process)


class OurBot:
    """Our bot as a process of its own, aimed at a sandbox."""

    def __init__(self, addresses: dict, environment: dict[str, str] | None = None):
        ATTACHMENTS.mkdir(parents=True, exist_ok=True)
        self.log = open(ATTACHMENTS / f"run-{os.getpid()}.log", "ab")
        self.environment = self.surroundings(addresses, environment)
        self.start()

    @staticmethod
    def surroundings(addresses: dict, more: dict[str, str] | None = None) -> dict[str, str]:
        """The environment that aims a bot at a sandbox."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("DISCORD_", "BACKLINE_"))}
        return {
            **clean, "BACKLINE_HOME": str(ROOT), "DISCORD_TOKEN": addresses["token"],
            "BACKLINE_DISCORD_API": addresses["rest"], "BACKLINE_CA_FILE": addresses["ca_file"],
            "BACKLINE_DATA": str(ATTACHMENTS / f"data-{os.getpid()}-{time.time_ns()}"), **(more or {}),
        }

    def last_words(self) -> str:
        """The last line it wrote."""
        return pathlib.Path(self.log.name).read_text().strip().splitlines()[-1]

    def start(self):
        """Starts the process."""
        self.process = subprocess.Popen(
            [PROGRAM, "run"], stdout=self.log, stderr=self.log, stdin=subprocess.DEVNULL, env=self.environment)

    def wait_until_ready(self, admin, limit=60.0):
        """Waits until the bot is connected and its commands are there."""
        end = time.monotonic() + limit
        while not (admin("GET", "world")["commands"] and any(bot["connected"] for bot in admin("GET", "bots"))):
            assert self.process.poll() is None, f"the bot ended with status {self.process.returncode}: see {self.log.name}"
            assert time.monotonic() < end, f"the bot is not ready after {limit} s: see {self.log.name}"
            time.sleep(0.05)

    def stop(self) -> int:
        """Interrupts the bot as Ctrl-C does; its exit status."""
        return interrupt(self.process)


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
