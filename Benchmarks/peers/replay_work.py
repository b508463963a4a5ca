"""What all Python sides of `benchmarks replay` share: the words, the start, the times."""

import json
import sys
import time


def work(prepare, run):
    """Does `run(prepare(path))` for each replay of the list; a replay that it cannot read has no time."""
    repeats, paths = int(sys.argv[2]), open(sys.argv[3]).read().split("\n")
    things = [prepare(path) for path in paths]
    print("ready", flush=True)
    sys.stdin.readline()
    began, times = time.perf_counter(), []
    for thing in things:
        best = None
        try:
            for _ in range(repeats):
                start = time.process_time()
                run(thing)
                taken = (time.process_time() - start) * 1000
                best = taken if best is None else min(best, taken)
        except Exception:
            best = None
        times.append(best)
    print(json.dumps({"wall": time.perf_counter() - began, "files": times}), flush=True)


def contents(path):
    """The bytes of a file."""
    with open(path, "rb") as file:
        return file.read()
