"""The Python side of `benchmarks cache`: one library, one trace of 32-bit keys, read-through. Prints one JSON line."""

import argparse
import array
import json
import tempfile
import time

TTL = 300


def memory_cache(library, entries):
    """The library's (get, put) for a cache of so many entries; get returns None for a miss."""
    if library == "cachebox_lru":
        import cachebox

        cache = cachebox.LRUCache(entries)
        return cache.get, cache.insert
    if library == "cachebox_lfu":
        import cachebox

        cache = cachebox.LFUCache(entries)
        return cache.get, cache.insert
    if library == "cachebox_ttl":
        import cachebox

        cache = cachebox.TTLCache(entries, TTL)
        return cache.get, cache.insert
    if library in ("moka", "moka_ttl"):
        import moka_py

        cache = moka_py.Moka(entries, ttl=TTL) if library == "moka_ttl" else moka_py.Moka(entries)
        return cache.get, cache.set
    if library in ("theine", "theine_ttl"):
        import datetime

        import theine

        cache = theine.Cache(entries)
        span = datetime.timedelta(seconds=TTL) if library == "theine_ttl" else None

        def get(key):
            value, found = cache.get(key)
            return value if found else None

        return get, (lambda key, value: cache.set(key, value, ttl=span)) if span else cache.set
    if library == "cachetools_lru":
        import cachetools

        cache = cachetools.LRUCache(entries)
        return cache.get, cache.__setitem__
    if library == "cachetools_ttl":
        import cachetools

        cache = cachetools.TTLCache(entries, TTL)
        return cache.get, cache.__setitem__
    raise SystemExit(f"there is no library {library}")


def replay(get, put, keys):
    hits = 0
    start = time.process_time()
    for key in keys:
        if get(key) is None:
            put(key, key)
        else:
            hits += 1
    return hits / len(keys), len(keys) / (time.process_time() - start)


def disk(entries):
    """diskcache: single sets, sets in one transaction per hundred, and gets of keys that are there."""
    import diskcache

    value = bytes(100)
    with tempfile.TemporaryDirectory() as folder, diskcache.Cache(folder, eviction_policy="none") as cache:
        start = time.perf_counter()
        for key in range(entries // 4):
            cache.set(f"single {key}", value)
        single = entries // 4 / (time.perf_counter() - start)
        start = time.perf_counter()
        for first in range(0, entries, 100):
            with cache.transact():
                for key in range(first, min(entries, first + 100)):
                    cache.set(f"key {key}", value)
        batched = entries / (time.perf_counter() - start)
        start = time.perf_counter()
        for key in range(entries):
            if cache.get(f"key {key}") is None:
                raise SystemExit("diskcache lost an entry")
        gets = entries / (time.perf_counter() - start)
    return {"sets_per_second": single, "batched_sets_per_second": batched, "gets_per_second": gets}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--library", required=True)
    parser.add_argument("--trace")
    parser.add_argument("--entries", type=int, required=True)
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()
    if options.library == "diskcache":
        print(json.dumps(disk(options.entries)), flush=True)
        return
    keys = array.array("I")
    with open(options.trace, "rb") as file:
        keys.frombytes(file.read())
    keys = keys.tolist()
    ratio, best = 0, 0
    for _ in range(options.rounds):
        get, put = memory_cache(options.library, options.entries)
        ratio, speed = replay(get, put, keys)
        best = max(best, speed)
    print(json.dumps({"hit_ratio": ratio, "ops_per_second": best}), flush=True)


main()
