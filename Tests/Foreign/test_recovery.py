"""A song goes on through every fault: gateway, voice, packets, worker, REST. Nothing here depends on how long it takes."""

import concurrent.futures
import os
import re
import signal

import pytest
from conftest import Running
from place import ALICE, BOT, LIBRARY, Admin, Place, Refused, buttons, eventually, follow, opus_packets, texts
from processes import named

SONG = "prelude in c"
LOST_AT_MOST = 50  # frames, one second
STRAY = 5  # frames that a busy machine's own network may lose

# Each fault of a voice connection happens in a guild of its own, all at the same time.
VOICE = {
    "dropped": ("voice_drop", {}),
    "malformed": ("voice_malformed", {}),
    "forgotten": ("voice_forget", {}),
    "closed_4006": ("voice_close", {"code": 4006}),
    "closed_4009": ("voice_close", {"code": 4009}),
    "closed_4015": ("voice_close", {"code": 4015}),
    "server_moved": ("voice_server_move", {}),
    "region_changed": ("voice_server_lost", {"milliseconds": 500, "code": 4014}),
}


@pytest.fixture(scope="module")
def demo():
    running = Running("demo", "--port", "0", "--json", "--guilds", str(len(VOICE) + 6))
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def admin(demo):
    return Admin(demo.addresses["page"])


@pytest.fixture(scope="module")
def source():
    return opus_packets(LIBRARY / "bach-prelude-in-c.opus")


@pytest.fixture
def place(admin):
    """The first guild, for faults that concern every guild alike."""
    place = Place(admin)
    place.seat()
    yield place
    admin("DELETE", "faults")
    if place.seat_of_bot():
        place.use("leave")
        eventually(lambda: place.seat_of_bot() is None)


def start(place):
    """Begins the song anew and waits until it is well on its way."""
    if panel := place.panel():
        try:
            place.press(panel, "player:stop")
        except Refused:
            pass  # the song ended by itself in this moment
        eventually(lambda: place.panel() is None)
    place.seat()
    place.forget_sound()
    place.play(SONG)


def check(place, source, lost_at_most=STRAY):
    """Compares what was heard with the song; the numbers of the frames."""
    numbers = follow([payload for _, payload in place.frames(place.lounge, place.studio)], source)
    missing = sorted(set(range(numbers[-1] + 1)) - set(numbers))
    assert len(missing) <= lost_at_most, f"of {numbers[-1] + 1} frames these are missing: {missing}"
    return numbers


def panel_is_right(place, numbers):
    """The panel says that the song is being played, and where."""
    def look():
        panel = place.panel()
        return panel and "Now playing" in texts(panel) and panel
    panel = eventually(look, what="the playing panel")
    minutes, seconds = re.search(r"`(\d+):(\d\d)`", texts(panel)).groups()
    shown = int(minutes) * 60 + int(seconds)
    assert shown <= len(numbers) / 50 + 60  # it moves every five seconds and never runs ahead of the song's length
    assert "player:toggle" in buttons(panel)


def trouble_one(admin, source, number, kind, values):
    """Plays in one guild, brings a fault about, and listens on."""
    place = Place(admin, number)
    start(place)
    mark = admin.now()
    admin.fault(kind, guild_id=str(place.guild), **values)
    if kind != "voice_malformed":
        eventually(
            lambda: [e for e in admin.timeline(mark) if e["what"] == "voice_opened"], what="a new voice connection")
    place.hears_more(250)
    numbers = check(place, source, LOST_AT_MOST)
    panel_is_right(place, numbers)
    return numbers


@pytest.fixture(scope="module")
def troubled(admin, source):
    """Every voice fault at once, each in its guild: name → the future of what was heard."""
    with concurrent.futures.ThreadPoolExecutor(len(VOICE)) as pool:
        futures = {
            name: pool.submit(trouble_one, admin, source, number, *VOICE[name])
            for number, name in enumerate(VOICE, start=5)
        }
        concurrent.futures.wait(futures.values())
    for number in range(5, 5 + len(VOICE)):
        place = Place(admin, number)
        if place.seat_of_bot():
            place.use("leave")
    return futures


@pytest.mark.parametrize("name", VOICE)
def test_voice_fault_mid_song(troubled, name):
    troubled[name].result()


def test_kicked_mid_song_is_said_and_play_brings_it_back(admin, source):
    place = Place(admin, 1)
    start(place)
    admin("POST", "voice/join", user_id=str(BOT), channel_id=None, guild_id=str(place.guild))
    place.hears("disconnected", "/join")
    eventually(lambda: place.seat_of_bot() is None)
    eventually(lambda: "Paused" in texts(place.panel()), what="the panel that shows the pause")
    place.ask("join")
    place.hears_more(150)
    panel_is_right(place, check(place, source, LOST_AT_MOST))


def test_moved_mid_song(admin, source):
    place = Place(admin, 2)
    start(place)
    admin("POST", "voice/move", user_id=str(BOT), channel_id=str(place.studio))
    place.seat(place.studio)
    place.hears_more(150, place.studio)
    assert place.seat_of_bot() == place.studio
    panel_is_right(place, check(place, source, LOST_AT_MOST))


@pytest.mark.parametrize("code", [4022])
def test_a_call_that_is_over_is_said(admin, code):
    place = Place(admin, 3)
    start(place)
    admin.fault("voice_close", guild_id=str(place.guild), code=code)
    place.hears("disconnected", "/play")
    eventually(lambda: place.seat_of_bot() is None, what="leaving")
    place.ask("join")
    place.hears_more(100)


def test_packets_lost_late_and_doubled(admin, place):
    start(place)
    admin.fault("udp", lost_percent=10, late_percent=10, doubled_percent=10, late_ms=70, seed=7)
    place.hears_more(200)
    admin("DELETE", "faults")
    place.hears_more(100)
    stream = place.streams()[0]
    assert stream["lost"] > 0 and stream["doubled"] > 0 and stream["reordered"] > 0
    panel_is_right(place, range(stream["heard"]))


@pytest.mark.parametrize("song", ["bach-prelude-in-c.opus"])
def test_the_worker_is_killed_mid_song(demo, place, source, song):
    start(place)
    bot = named(demo.process.pid, "run")[0]
    killed = named(bot, "media-worker")
    assert killed
    for worker in killed:
        os.kill(worker, signal.SIGKILL)
    place.hears_more(400)
    numbers = check(place, source)
    stream = place.streams()[0]
    assert stream["lost"] <= STRAY and stream["silence"] < LOST_AT_MOST, stream
    panel_is_right(place, numbers)
    assert not set(killed) & set(named(bot, "media-worker"))


def answers(place):
    """The bot answers a command; one that fell into a gap may have died there after its three seconds."""
    def once():
        identity = place.use("volume")
        eventually(lambda: [
            e for e in place.admin.timeline()
            if e["what"] in ("answered", "unanswered") and e["interaction"] == identity
        ])
        return place.answer(identity)
    assert "100 %" in texts(eventually(once, what="an answer"))


def reconnects(admin, mark):
    """Waits until the bot has a gateway connection that began after the mark."""
    eventually(
        lambda: [e for e in admin.timeline(mark) if e["what"] == "gateway_opened"]
        and any(s["connected"] for s in admin("GET", "bots")[0]["sessions"]),
        120, "a new gateway connection",
    )


# First of the gateway's faults: the wait before an identify grows with every fault before it.
def test_a_lost_gateway_session_mid_song(admin, place, source):
    start(place)
    mark = admin.now()
    admin.fault("gateway_invalid_session", resumable=False)
    reconnects(admin, mark)
    # The voice seat is lost with the session; the bot takes it anew and the song goes on.
    eventually(lambda: place.seat_of_bot() == place.lounge, what="the bot's seat")
    place.hears_more(150)
    panel_is_right(place, check(place, source, LOST_AT_MOST))


@pytest.mark.parametrize(
    "kind, values",
    [
        ("gateway_drop", {}),
        ("gateway_reconnect", {}),
        ("gateway_invalid_session", {"resumable": True}),
        ("gateway_close", {"code": 4000}),
        ("gateway_malformed", {"what": "truncated"}),
        ("gateway_malformed", {"what": "wrong_types"}),
    ],
)
def test_gateway_fault_mid_song(admin, place, source, kind, values):
    start(place)
    mark = admin.now()
    admin.fault(kind, **values)
    if "malformed" not in kind:
        reconnects(admin, mark)
    answers(place)
    place.hears_more(100)
    panel_is_right(place, check(place, source))


def test_half_open_gateway_mid_song(admin, place, source):
    start(place)
    # A shorter heartbeat for the next connection, so that nobody has to wait for the usual one.
    admin.fault("gateway_heartbeat", milliseconds=1500)
    mark = admin.now()
    admin.fault("gateway_reconnect")
    reconnects(admin, mark)
    answers(place)
    mark = admin.now()
    admin.fault("gateway_heartbeat", milliseconds=41_250)
    admin.fault("gateway_half_open")
    reconnects(admin, mark)
    answers(place)
    place.hears_more(100)
    panel_is_right(place, check(place, source))


# REST


def test_rate_limited_answers_arrive_all_the_same(admin, place):
    start(place)
    for route in ("POST /interactions/{interaction}/{token}/callback", "PATCH /channels/{channel}/messages/{message}"):
        admin.fault("rate_limit", route=route, count=2, retry_after=0.3)
    assert "100 %" in texts(place.ask("volume"))
    place.press(place.panel(), "player:toggle")
    eventually(lambda: "Paused" in texts(place.panel()), what="the paused panel")


@pytest.mark.parametrize("status", [500, 502, 503])
def test_server_errors_of_rest_are_tried_again(admin, place, status):
    start(place)
    for route in ("POST /interactions/{interaction}/{token}/callback", "PATCH /channels/{channel}/messages/{message}"):
        admin.fault("server_error", route=route, count=1, status=status)
    assert "100 %" in texts(place.ask("volume"))
    place.press(place.panel(), "player:toggle")
    eventually(lambda: "Paused" in texts(place.panel()), what="the paused panel")


def test_rest_down_for_a_while(admin, place, source):
    start(place)
    mark = admin.now()
    admin.fault("rest_down", milliseconds=4000)
    lost = place.use("volume")
    eventually(
        lambda: [e for e in admin.timeline(mark) if e["what"] in ("unanswered", "answered") and e["interaction"] == lost])
    place.hears_more(150)
    numbers = check(place, source)
    admin("DELETE", "faults")
    admin.fault("rest_down", milliseconds=0)
    eventually(lambda: "100 %" in texts(place.ask("volume")))
    panel_is_right(place, numbers)


def test_an_interaction_token_that_expires_on_the_way(admin, place):
    start(place)
    place.press(place.panel(), "player:toggle")
    eventually(lambda: "Paused" in texts(place.panel()))
    admin.fault("expire_interactions")
    # The panel does not live by the token of the interaction it began with.
    place.press(place.panel(), "player:toggle")
    eventually(lambda: "Now playing" in texts(place.panel()), what="the panel playing again")
    assert "100 %" in texts(place.ask("volume"))


def test_it_all_works_with_a_slow_line(admin, place, source):
    place.forget_sound()
    for kind in ("rest_latency", "gateway_latency", "voice_latency"):
        admin.fault(kind, milliseconds=150)
    assert "Joined" in texts(place.ask("join"))
    place.play(SONG)
    admin.fault("voice_drop", guild_id=str(place.guild))
    place.hears_more(150)
    check(place, source, LOST_AT_MOST)
