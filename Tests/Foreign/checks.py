"""What the foreign clients share: addresses from arguments or environment, one JSON line per check, the admin interface.

Arguments win over the environment: --rest --gateway --page --token --ca-file, or SANDBOX_REST, SANDBOX_GATEWAY, …
The certificate authority must be in SSL_CERT_FILE before ssl is imported, so this module is imported first.
"""

import argparse
import asyncio
import json
import os
import sys
import time
import urllib.request

parser = argparse.ArgumentParser()
for name in ("rest", "gateway", "page", "token", "ca-file"):
    parser.add_argument("--" + name, default=os.environ.get("SANDBOX_" + name.upper().replace("-", "_")))
parser.add_argument("--only", default="", help="names of checks, separated by commas")
parser.add_argument("--seed", type=int, default=1, help="of everything that is drawn by lot")
parser.add_argument("--steps", type=int, default=12, help="how many comings and goings")
parser.add_argument("--verbose", action="store_true")
arguments = parser.parse_args()
if arguments.ca_file:
    os.environ["SSL_CERT_FILE"] = arguments.ca_file

GUILD = 1_000_000_000_000_000_100
GENERAL = 1_000_000_000_000_000_111
LOUNGE = 1_000_000_000_000_000_121
STUDIO = 1_000_000_000_000_000_122
ALICE = 1_000_000_000_000_000_201

failures = 0


def report(client, check, ok, **details):
    """Prints one line about a check."""
    global failures
    if not ok:
        failures += 1
    print(json.dumps({"client": client, "check": check, "ok": bool(ok), **details}), flush=True)


def admin_now(method, path, body=None):
    """Calls the sandbox's admin interface."""
    data = json.dumps(body or {}).encode() if method != "GET" else None
    request = urllib.request.Request(
        arguments.page.rstrip("/") + "/sandbox/api/" + path, data, {"Content-Type": "application/json"}, method=method
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


async def admin(method, path, body=None):
    """The same without blocking the event loop."""
    return await asyncio.to_thread(admin_now, method, path, body)


async def eventually(test, limit=10.0):
    """Waits until `test` (plain or async) gives something true, and returns it; None after `limit` seconds."""
    end = time.monotonic() + limit
    while time.monotonic() < end:
        value = test()
        if asyncio.iscoroutine(value):
            value = await value
        if value:
            return value
        await asyncio.sleep(0.05)
    return None


async def last_messages(channel=GENERAL):
    """The kept messages of a channel, oldest first."""
    return (await admin("GET", "world"))["messages"].get(str(channel), [])


async def command(name, options=None, user=ALICE, channel=GENERAL):
    """Alice uses a slash command."""
    return (await admin("POST", "interaction", {
        "channel_id": str(channel), "user_id": str(user), "command": name, "options": options or {},
    }))["id"]


async def run_checks(client, checks, limit=60.0):
    """Runs (name, coroutine function) pairs in order; an exception is a failure."""
    chosen = [name for name in arguments.only.split(",") if name]
    for name, body in checks:
        if chosen and name not in chosen:
            continue
        try:
            details = await asyncio.wait_for(body(), limit)
            report(client, name, True, **(details or {}))
        except Exception as error:  # noqa: BLE001: every failure of a check is a result
            report(client, name, False, error=f"{type(error).__name__}: {error}")


def finish():
    """Ends the program: status 1 when a check failed."""
    sys.stdout.flush()
    os._exit(1 if failures else 0)
