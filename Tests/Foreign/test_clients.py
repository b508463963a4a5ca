"""Foreign clients as peers of the sandbox: each script prints one line per check, each line is a test here."""

import json
import os
import pathlib
import subprocess
import sys

import pytest
from conftest import ATTACHMENTS, Running

HERE = pathlib.Path(__file__).parent
CHECKS = {
    "discordpy_bot": [
        "login", "sync", "slash", "deferral_and_button", "modal_and_ephemeral", "autocomplete", "three_seconds", "messages",
        "people_write", "rate_limit", "resume", "harder_faults", "voice_tone", "voice_moves", "voice_faults",
    ],
    "hikari_bot": ["login", "interaction", "rate_limit", "people_write", "voice_state", "resume"],
    "disnake_bot": ["login", "select", "voice"],
}


@pytest.fixture(scope="module")
def results():
    """Runs a client's script against a sandbox of its own, once; check name → what it printed."""
    known = {}

    def run(client):
        if client not in known:
            sandbox = Running("sandbox", "--json")
            try:
                addresses = sandbox.addresses
                output = subprocess.run(
                    [sys.executable, HERE / f"{client}.py", "--rest", addresses["rest"], "--gateway", addresses["gateway"],
                     "--page", addresses["page"], "--token", addresses["token"], "--ca-file", addresses["ca_file"]],
                    capture_output=True, text=True, timeout=300, env=dict(os.environ),
                )
                (ATTACHMENTS / f"{client}.log").write_text(output.stdout + output.stderr)
                lines = [json.loads(line) for line in output.stdout.splitlines() if line.startswith("{")]
                known[client] = {line["check"]: line for line in lines}
            finally:
                sandbox.stop()
        return known[client]

    return run


@pytest.mark.parametrize(("client", "check"), [(client, check) for client, checks in CHECKS.items() for check in checks])
def test_foreign_client(results, client, check):
    assert results(client).get(check, {"ok": False, "error": "the check did not run"})["ok"], results(client).get(check)


@pytest.mark.parametrize("client", CHECKS)
def test_no_check_is_forgotten(results, client):
    assert sorted(results(client)) == sorted(CHECKS[client])
