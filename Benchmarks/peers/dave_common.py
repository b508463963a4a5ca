"""What both Python sides of `benchmarks dave` share: lines in, lines out."""

import json
import sys
import time

USER = 1_000_000_000_000_000_201
PARTNER = 1_000_000_000_000_000_202
CHANNEL = 1_000_000_000_000_000_112


def serve(member):
    """Makes a group as told, then encrypts frames as told."""
    for line in sys.stdin:
        word, *rest = line.split()
        if word == "sender":
            member.set_external_sender(bytes.fromhex(rest[0]))
        elif word == "proposals":
            print(member.commit(bytes.fromhex(rest[0])).hex(), flush=True)
        elif word == "accept":
            member.accept(bytes.fromhex(rest[0]))
            print("ready", flush=True)
        elif word == "run":
            print(json.dumps(run(member.encrypt, int(rest[0]), int(rest[1]))), flush=True)


def run(encrypt, count, seconds):
    """Encrypts frames of `count` bytes for some seconds of processor time."""
    frame = b"\x5a" * count
    frames = 0
    start = time.thread_time()
    while time.thread_time() - start < seconds:
        for _ in range(1000):
            last = encrypt(frame)
        frames += 1000
    return {"frames": frames, "cpu_seconds": time.thread_time() - start, "last": last.hex()}
