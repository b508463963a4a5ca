"""What nobody should type, links nobody should follow, songs nobody can play: each gets its sentence, nothing else stops."""

import concurrent.futures
import os
import signal
import subprocess
import sys

import pytest
from conftest import PROGRAM, ROOT, OurBot, Running
from hostile_server import EVIL_TITLE, Server
from place import PATIENCE, Admin, Place, Refused, eventually, texts
from processes import children, descriptors, open_files, named, resident_megabytes, udp_sockets

# What is played → words of the sentence that answers it. {good} is a server that songs may come from, {private} one in
# the same private network that they may not.
SENTENCES = {
    "file:///etc/passwd": ["do not open file"],
    "gopher://127.0.0.1:70/x": ["do not open gopher"],
    "data:audio/wav;base64,AAAA": ["do not open data"],
    "http://{private}/song.wav": ["private network"],
    "http://127.0.0.1/": ["private network"],
    "http://localhost:{private_port}/song.wav": ["private network"],
    "http://169.254.169.254/latest/meta-data/": ["private network"],
    "http://[::1]/": ["private network"],
    "http://[::ffff:127.0.0.1]/": ["private network"],
    "http://0x7f000001/": ["private network"],
    "http://2130706433/": ["private network"],
    "http://": ["address"],
    "http://{good}/to-file": ["not allowed"],
    "http://{good}/to-gopher": ["not allowed"],
    "http://{good}/to-metadata": ["not allowed"],
    "http://{good}/to-loopback": ["not allowed"],
    "http://{good}/to-itself": ["redirect"],
    "http://{good}/hls-file.m3u8": ["not allowed"],
    "http://{good}/hls-concat.m3u8": ["Try another"],
    "http://{good}/hls-private.m3u8": ["not allowed"],
    "http://{good}/hls-local.m3u8": ["not allowed"],
    "http://{good}/hls-itself.m3u8": [""],
    "http://{good}/hls-empty.m3u8": [""],
    "http://{good}/random.mp3": ["Try another"],
    "http://{good}/zero.mp3": ["no sound"],
    "http://{good}/empty.wav": ["sound"],
    "http://{good}/headers.opus": [""],
    "http://{good}/text.mp3": ["format"],
    "http://{good}/noise": ["format"],
    "http://{good}/zeros": [""],
    "http://{good}/bomb": [""],
    "http://{good}/nonsense": ["cannot be reached"],
    "http://{good}/endless-head": ["cannot be reached"],
    "http://{good}/hang": ["too long"],
    "http://{good}/head-drip": ["too long"],
    "http://{good}/drip": ["too long"],
    "http://{good}/stall": ["too long"],
    "http://{good}/status/404": ["no such song", "404"],
    "http://{good}/status/403": ["refused access", "403"],
    "http://{good}/status/500": ["in trouble", "500"],
    "http://{good}/status/429": ["slow down"],
    "https://www.youtube.com/watch?v=dQw4w9WgXcQ": ["Python", "doctor"],
    "no song has such a name": ["Python", "doctor"],
    "@everyone <@&1> **x** [a](javascript:b)": ["Python", "doctor"],
    "\x00\x1b[31m\u202e": [""],
    "x" * 500: [""],
}
# Songs that play although their server lies; what is broken in them ends them early at worst.
PLAYABLE = ["truncated.opus", "too-long", "too-short", "song.wav"]
FORBIDDEN = ["/etc/", "169.254", "::1", "sandbox.backline", "0x7f", str(ROOT), "Exception", "Optional("]


@pytest.fixture(scope="module")
def good():
    server = Server()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def private():
    server = Server()
    yield server
    server.stop()


def ask_a_hanging_extractor(python):
    """What is said to somebody whose words go to an extractor that never answers; it takes half a minute."""
    python.write_text(f"#!{sys.executable}\nimport time\ntime.sleep(10_000)\n")
    python.chmod(0o755)
    demo = Running("demo", "--port", "0", "--json", environment={"BACKLINE_PYTHON": str(python)})
    try:
        place = Place(Admin(demo.addresses["page"]))
        said = outcome(place, "no song has such a name")
        place.play("prelude in c")
    finally:
        pids = children(demo.process.pid)
        status = demo.stop()
    assert status == 0
    eventually(lambda: not [pid for pid in pids if os.path.exists(f"/proc/{pid}")], 20, "the end of the children")
    return said


@pytest.fixture(scope="module")
def hanging(tmp_path_factory):
    """Asks it beside everything else; the sentence comes later."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        yield pool.submit(ask_a_hanging_extractor, tmp_path_factory.mktemp("python") / "python")


@pytest.fixture(scope="module")
def demo(good, hanging):
    running = Running(
        "demo", "--port", "0", "--json", "--guilds", "24",
        environment={"BACKLINE_ALLOWED_HOSTS": f"127.0.0.1:{good.port}", "BACKLINE_PYTHON": "/nonexistent"},
    )
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def admin(demo):
    return Admin(demo.addresses["page"])


@pytest.fixture(scope="module")
def bot(demo):
    """The pid of our bot."""
    return named(demo.process.pid, " run")[0]


def outcome(place, query):
    """What the bot says in the end to somebody who wants to hear this."""
    place.seat()
    mark = {message["id"] for message in place.messages()}
    identity = place.use("play", query=query)

    def look():
        for message in reversed(place.messages()):
            words = texts(message)
            if message["id"] in mark or "Looking up" in words or message["flags"] & 128 or "Loading" in words:
                continue
            return words
        return None

    said = eventually(look, 120, f"a sentence about {query[:60]!r}")
    assert identity
    return said


@pytest.fixture(scope="module")
def answers(admin, bot, good, private):
    """What was said about every bad input; eight at a time, each in a guild of its own."""
    before = Place(admin, 0)
    before.seat()
    before.play("prelude in c")
    before.use("stop")
    baseline = (descriptors(bot), len(children(bot)))
    words = {"good": f"127.0.0.1:{good.port}", "private": f"127.0.0.1:{private.port}", "private_port": private.port}

    def one(number, query):
        place = Place(admin, 1 + number % 16)
        return outcome(place, fill(query, words))

    lanes = [list(enumerate(SENTENCES))[lane::16] for lane in range(16)]

    def run(lane):
        said = {}
        for number, query in lane:
            try:
                said[query] = one(number, query)
            except (AssertionError, Refused) as error:
                said[query] = error
        return said

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        found = {query: said for part in pool.map(run, lanes) for query, said in part.items()}
    return found, baseline


def fill(query, words):
    for name, value in words.items():
        query = query.replace("{" + name + "}", str(value))
    return query


@pytest.mark.parametrize("query", SENTENCES, ids=lambda query: ascii(query[:50]))
def test_bad_input_gets_its_sentence(answers, query):
    said = answers[0][query]
    if isinstance(said, Exception):
        raise said
    for word in SENTENCES[query]:
        assert word in said, said
    for word in FORBIDDEN:
        assert word not in said.replace(query, ""), said
    assert len(said) < 600


def test_afterwards_everything_works_and_nothing_leaked(answers, admin, bot):
    (_, (files, processes)) = answers
    for number in range(17):
        place = Place(admin, number)
        if place.seat_of_bot():
            place.use("leave")
    place = Place(admin, 0)
    eventually(lambda: place.seat_of_bot() is None)
    place.play("prelude in c")
    place.hears_more(50)
    place.use("stop")
    workers = named(bot, "media-worker")
    assert 1 <= len(workers) <= 4
    # Each process more holds three pipes, and the HTTP client keeps at most 32 connections for the next requests.
    eventually(lambda: udp_sockets(bot) == 1, what="the end of all voice connections but one")
    allowed = files + 3 * max(0, len(children(bot)) - processes) + 32
    assert descriptors(bot) <= allowed, open_files(bot)
    held = [resident_megabytes(worker) for worker in workers]
    assert max(held) < 300, held


@pytest.mark.parametrize("name", PLAYABLE)
def test_lies_about_length_are_survived(admin, good, name):
    place = Place(admin, 17 + PLAYABLE.index(name))
    place.seat()
    place.use("play", query=f"http://127.0.0.1:{good.port}/{name}")
    # Whether it is heard or refused depends on how much was read before the lie came out.
    eventually(lambda: place.heard() > 25 or place.said("cannot be reached"), what="sound or a sentence")
    place.use("leave")
    eventually(lambda: place.seat_of_bot() is None)


def test_a_hostile_title_does_nothing(admin, good):
    place = Place(admin, 21)
    place.seat()
    panel = place.play(f"http://127.0.0.1:{good.port}/title.wav")
    said = texts(panel)
    assert "@everyone" not in said and "](javascript" not in said and "<@1>" not in said
    assert "\x1b" not in said and "\u202e" not in said and "\n# big" not in said
    assert "everyone" in said, "the title is shown"
    assert panel["mentions"] == [] and not panel.get("mention_everyone") and EVIL_TITLE not in said
    place.use("leave")


def test_ten_hours_are_played_and_wound_without_being_held(admin, bot, good):
    place = Place(admin, 22)
    place.seat()
    panel = place.play(f"http://127.0.0.1:{good.port}/ten-hours.wav")
    assert "10:00:00" in texts(panel)
    assert "9:59:00" in texts(place.ask("seek", position="9:59:00"))
    place.hears_more(50)
    held = [resident_megabytes(worker) for worker in named(bot, "media-worker")]
    assert max(held) < 300, held
    place.use("leave")


@pytest.mark.parametrize("path", ["radio", "live.m3u8"])
def test_live_streams_play_and_cannot_be_wound(admin, good, path):
    place = Place(admin, 23)
    place.seat()
    panel = place.play(f"http://127.0.0.1:{good.port}/{path}")
    assert "LIVE" in texts(panel)
    place.hears_more(150)
    assert "live" in texts(place.ask("seek", position="1:00"))
    place.hears_more(50)
    place.use("leave")
    eventually(lambda: place.seat_of_bot() is None)


def test_a_query_longer_than_discord_allows_is_refused_by_discord(admin):
    place = Place(admin, 0)
    place.seat()
    with pytest.raises(Refused):
        place.use("play", query="x" * 100_000)


def test_a_hanging_extractor_gets_its_sentence_and_the_library_goes_on(hanging):
    said = hanging.result()
    assert "too long" in said or "doctor" in said, said
    assert "/" not in said.replace("./backline", ""), said


# Tokens, Discord gone, Ctrl-C


def test_a_wrong_token_ends_the_program_with_a_sentence():
    sandbox = Running("sandbox", "--json")
    try:
        result = subprocess.run(
            [PROGRAM, "run"], capture_output=True, text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL,
            env=OurBot.surroundings(sandbox.addresses, {"DISCORD_TOKEN": "d3Jvbmc.not.a-token"}),
        )
    finally:
        sandbox.stop()
    assert result.returncode == 1
    last = result.stderr.strip().splitlines()[-1]
    assert last.startswith("backline: ") and "token" in last, result.stderr
    assert "d3Jvbmc.not.a-token" not in result.stderr


def test_a_revoked_token_ends_the_program_with_a_sentence():
    sandbox = Running("sandbox", "--json")
    try:
        admin = Admin(sandbox.addresses["page"])
        bot = OurBot(sandbox.addresses)
        bot.wait_until_ready(admin)
        admin.fault("revoke_token")
        assert bot.process.wait(PATIENCE) == 1
        last = bot.last_words()
        assert last.startswith("backline: ") and "token" in last, last
        assert sandbox.addresses["token"] not in last
    finally:
        sandbox.stop()


def test_comes_back_by_itself_when_discord_was_gone():
    sandbox = Running("sandbox", "--json")
    port = sandbox.addresses["rest"].split(":")[2].split("/")[0]
    bot = OurBot(sandbox.addresses)
    try:
        bot.wait_until_ready(Admin(sandbox.addresses["page"]))
        sandbox.stop()
        assert bot.process.poll() is None
        # Another one, with no memory of the bot's session, at the same place.
        sandbox = Running("sandbox", "--json", "--port", port)
        admin = Admin(sandbox.addresses["page"])
        eventually(lambda: any(b["connected"] for b in admin("GET", "bots")), 120, "the bot's return")
        place = Place(admin)
        place.seat()
        assert bot.process.poll() is None
    finally:
        assert bot.stop() == 0
        sandbox.stop()


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_everything(asked):
    demo = Running("demo", "--port", "0", "--json")
    place = Place(Admin(demo.addresses["page"]))
    place.seat()
    place.play("prelude in c")
    pids = [demo.process.pid, *children(demo.process.pid)]
    assert len(pids) >= 3
    demo.process.send_signal(asked)
    assert demo.process.wait(20) == 0
    eventually(lambda: not [pid for pid in pids[1:] if os.path.exists(f"/proc/{pid}")], 20, "the end of the children")
    demo.stop()
