"""A guild of the sandbox as a test sees it: what people do there, what the bot says, and what a listener hears."""

import json
import pathlib
import time
import urllib.error
import urllib.request

PATIENCE = 60.0  # seconds; only how long something broken is waited for
STEP = 1_000_000_000_000  # between the ids of one guild and the next
ALICE = 1_000_000_000_000_000_201
BOB = 1_000_000_000_000_000_202
BOT = 1_000_000_000_000_000_001
SILENCE = "f8fffe"
LIBRARY = pathlib.Path(__file__).resolve().parents[2] / "Library"


class Refused(Exception):
    """The sandbox refused what a person wanted to do."""


def eventually(look, limit=PATIENCE, what="what was waited for"):
    """Waits until `look` gives something true, and returns it."""
    end = time.monotonic() + limit
    while True:
        value = look()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"{what() if callable(what) else what} did not happen within {limit} s")
        time.sleep(0.05)


class Admin:
    """The sandbox's own interface."""

    def __init__(self, page):
        self.base = page.rstrip("/") + "/sandbox/api/"

    def __call__(self, method, path, **body):
        data = json.dumps(body).encode() if method != "GET" else None
        request = urllib.request.Request(self.base + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise Refused(json.load(error).get("message", str(error))) from None

    def fault(self, kind, **values):
        """Brings a fault about."""
        self("POST", "faults", kind=kind, **values)

    def calls(self, route):
        """How often a REST route was called."""
        return self("GET", "timeline")["calls"].get(route, 0)

    def timeline(self, after=0):
        """What happened since the entry of this number, with times by the sandbox's clock."""
        return self("GET", f"timeline/{after}")["entries"]

    def now(self):
        """The number of the last entry."""
        return max([0] + [entry["number"] for entry in self.timeline()])


def texts(message):
    """Everything a message says: its content and the texts of its components."""
    found = [message.get("content") or ""]

    def walk(component):
        if component.get("content"):
            found.append(component["content"])
        for child in component.get("components", []):
            walk(child)

    for component in message.get("components", []):
        walk(component)
    return "\n".join(text for text in found if text)


def buttons(message):
    """The buttons of a message, by custom id."""
    found = {}

    def walk(component):
        if component.get("custom_id"):
            found[component["custom_id"]] = component
        for child in component.get("components", []):
            walk(child)

    for component in message.get("components", []):
        walk(component)
    return found


class Place:
    """One guild, with Alice in it."""

    def __init__(self, admin, index=0):
        self.admin = admin
        self.guild = 1_000_000_000_000_000_100 + index * STEP
        self.general = 1_000_000_000_000_000_111 + index * STEP
        self.lounge = 1_000_000_000_000_000_121 + index * STEP
        self.studio = 1_000_000_000_000_000_122 + index * STEP

    # What people do

    def seat(self, channel=None, user=ALICE):
        """Somebody sits down in a voice channel."""
        self.admin("POST", "voice/join", user_id=str(user), channel_id=str(channel or self.lounge))

    def use(self, command, user=ALICE, **options):
        """Somebody uses a slash command; its number."""
        return self.admin(
            "POST", "interaction", channel_id=str(self.general), user_id=str(user), command=command, options=options
        )["id"]

    def press(self, message, custom_id, user=ALICE):
        """Somebody presses a button."""
        self.admin("POST", "component", message_id=message["id"], user_id=str(user), custom_id=custom_id)

    def complete(self, typed, user=ALICE):
        """What is offered while somebody types after /play."""
        return self.admin(
            "POST", "autocomplete", channel_id=str(self.general), user_id=str(user), command="play",
            options={"query": typed}, focused="query",
        )["choices"]

    def ask(self, command, limit=PATIENCE, **options):
        """Uses a command and waits for the first answer; the message."""
        identity = self.use(command, **options)
        return eventually(lambda: self.answer(identity), limit, f"an answer to /{command} {options}")

    def play(self, query, limit=PATIENCE):
        """Plays a song and waits until it is heard; the panel's message."""
        before = self.heard()
        identity = self.use("play", query=query)
        def said():
            return f"the sound of {query} after {[texts(message) for message in self.messages()[-3:]]}"
        eventually(lambda: self.heard() > before + 25, limit, said)
        return eventually(lambda: self.panel_of(identity), limit, "the panel")

    # What is said

    def messages(self):
        """The messages of #general, oldest first."""
        return self.admin("GET", "world")["messages"].get(str(self.general), [])

    def answer(self, identity):
        """The first message that answers an interaction, unless it is only being thought about."""
        for message in self.messages():
            if (message.get("interaction_metadata") or {}).get("id") == identity and not message["flags"] & 128:
                return message
        return None

    def panel_of(self, identity):
        """The answer of an interaction once it is a panel."""
        message = self.answer(identity)
        return message if message and "player:toggle" in buttons(message) else None

    def panel(self):
        """The newest panel as it is now, or None."""
        found = [m for m in self.messages() if "player:toggle" in buttons(m)]
        return found[-1] if found else None

    def said(self, *words):
        """The newest message with all these words, or None."""
        for message in reversed(self.messages()):
            text = texts(message).lower()
            if all(word.lower() in text for word in words):
                return message
        return None

    def hears(self, *words, limit=PATIENCE):
        """Waits until a message with all these words was said."""
        return eventually(lambda: self.said(*words), limit, f"a message with {words}")

    # What is heard

    def streams(self, channel=None):
        """The listener's counters of a channel, one entry per sender."""
        return self.admin("GET", f"voice/{channel or self.lounge}/report")["streams"]

    def heard(self, channel=None):
        """How many frames the listener has heard."""
        return sum(stream["heard"] for stream in self.streams(channel))

    def hears_more(self, frames=100, channel=None, limit=PATIENCE):
        """Waits until the listener has heard some frames more."""
        before = self.heard(channel)
        eventually(lambda: self.heard(channel) >= before + frames, limit, f"{frames} more frames")

    def forget_sound(self):
        """Forgets what was heard so far."""
        for channel in (self.lounge, self.studio):
            self.admin("POST", f"voice/{channel}/reset")

    def frames(self, *channels):
        """The packets heard in the channels in order of arrival, without silence: (arrival in ms, bytes in hex)."""
        packets = []
        for channel in channels or (self.lounge,):
            for stream in self.admin("GET", f"voice/{channel}/frames"):
                packets += [(arrival, payload) for arrival, _, payload in stream["frames"] if payload != SILENCE]
        return sorted(packets, key=lambda packet: packet[0])

    def seat_of_bot(self):
        """The voice channel the bot sits in, or None."""
        for state in self.admin("GET", "world")["voice_states"]:
            if state["guild_id"] == str(self.guild) and state["user_id"] == str(BOT):
                return int(state["channel_id"])
        return None


def opus_packets(path):
    """The packets of an Ogg Opus file in hex, without its two headers."""
    data = pathlib.Path(path).read_bytes()
    packets, part, place = [], b"", 0
    while place < len(data):
        assert data[place:place + 4] == b"OggS"
        lengths = data[place + 27:place + 27 + data[place + 26]]
        place += 27 + len(lengths)
        for length in lengths:
            part += data[place:place + length]
            place += length
            if length < 255:
                packets.append(part.hex())
                part = b""
    return packets[2:]


def follow(heard, source):
    """Where each heard packet lies in the source when they come in its order; the numbers of the frames.

    Fails when a packet is not of the source, comes twice or out of order.
    """
    places, last = [], -1
    for payload in heard:
        try:
            last = source.index(payload, last + 1)
        except ValueError:
            earlier = payload in source
            raise AssertionError(
                f"packet {len(places)} after frame {last} is " + ("a repeat or out of order" if earlier else "not of the song")
            ) from None
        places.append(last)
    return places
