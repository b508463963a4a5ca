"""hikari's side of `benchmarks gateway`: reads a gateway stream with the shard's real reading path.

`GatewayShardImpl._poll_events` takes frames from a stand-in for aiohttp's socket: inflating, JSON, models, cache and
listeners (one for each kind of event in the stream) are hikari's own; network and WebSocket framing are left out.
"""

import asyncio
import contextlib
import logging
import struct
import sys

import aiohttp
import hikari
from hikari.impl import shard as shards


def frames(path):
    with open(path, "rb") as file:
        data = file.read()
    offset, found = 0, []
    while offset < len(data):
        (length,) = struct.unpack_from(">I", data, offset)
        found.append(data[offset + 4 : offset + 4 + length])
        offset += 4 + length
    return found


class EndOfStream(Exception):
    pass


class Frames:
    """Gives out frames as aiohttp's WebSocket does."""

    def __init__(self, found, kind):
        self.messages = iter([aiohttp.WSMessage(kind, frame, None) for frame in found])

    async def receive(self):
        await asyncio.sleep(0)  # tasks of listeners run, as they do while a real socket waits
        message = next(self.messages, None)
        if message is None:
            raise EndOfStream
        return message

    async def send_bytes(self, data):
        pass


async def main():
    path, compression = sys.argv[1], sys.argv[2]
    transport_type, kind = {
        "none": (shards._GatewayBasicTransport, aiohttp.WSMsgType.TEXT),
        "zlib-stream": (shards._GatewayZlibStreamTransport, aiohttp.WSMsgType.BINARY),
        "zstd-stream": (shards._GatewayZstdStreamTransport, aiohttp.WSMsgType.BINARY),
    }[compression]
    found = frames(path)
    bot = hikari.GatewayBot("MTAw.benchmark.token", banner=None, logs=None, intents=hikari.Intents.ALL)
    counts = {}

    def listen(event):
        async def listener(value):
            counts[event] = counts.get(event, 0) + 1

        bot.subscribe(event, listener)

    for event in (
        hikari.GuildMessageCreateEvent, hikari.GuildMessageUpdateEvent, hikari.VoiceStateUpdateEvent,
        hikari.MemberUpdateEvent, hikari.GuildTypingEvent, hikari.InteractionCreateEvent,
    ):
        listen(event)
    shard = shards.GatewayShardImpl(
        event_manager=bot._event_manager, event_factory=bot._event_factory, http_settings=bot._http_settings,
        proxy_settings=bot._proxy_settings, intents=hikari.Intents.ALL, shard_id=0, shard_count=1, token="token",
        url="wss://gateway.example",
    )
    from hikari.internal import data_binding

    logger = logging.getLogger("benchmark")
    try:
        shard._ws = transport_type(
            ws=Frames(found, kind), exit_stack=contextlib.AsyncExitStack(), logger=logger, log_filterer=bytes,
            dumps=data_binding.default_json_dumps, loads=data_binding.default_json_loads,
        )
    except RuntimeError as problem:
        print(f"unavailable: {problem}", flush=True)
        return
    shard._handshake_event = asyncio.Event()
    bot._shards[0] = shard

    print("ready", flush=True)
    sys.stdin.readline()
    try:
        await shard._poll_events()
    except EndOfStream:
        pass
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    print("done", flush=True)
    print(f'{{"listened":{sum(counts.values())},"sequence":{shard._seq}}}', flush=True)
    sys.stdin.readline()


asyncio.run(main())
