"""discord.py's side of `benchmarks gateway`: reads a gateway stream with the client's real reading path.

`DiscordWebSocket.poll_event` takes frames from a stand-in for aiohttp's socket: inflating, JSON, models, cache and
listeners (one for each kind of event in the stream) are discord.py's own; network and WebSocket framing are left out.
"""

import asyncio
import struct
import sys

if sys.argv[2] == "zlib-stream":
    # discord.py chooses zstd whenever it can be imported; without it, it uses zlib.
    sys.modules["zstandard"] = None

import aiohttp
import discord
from discord.gateway import DiscordWebSocket


def frames(path):
    with open(path, "rb") as file:
        data = file.read()
    offset, found = 0, []
    while offset < len(data):
        (length,) = struct.unpack_from(">I", data, offset)
        found.append(data[offset + 4 : offset + 4 + length])
        offset += 4 + length
    return found


class Frames:
    """Gives out frames as aiohttp's WebSocket does."""

    closed = False

    def __init__(self, found, kind):
        text = kind is aiohttp.WSMsgType.TEXT
        self.messages = iter([aiohttp.WSMessage(kind, frame.decode() if text else frame, None) for frame in found])

    async def receive(self, timeout=None):
        await asyncio.sleep(0)  # tasks of listeners run, as they do while a real socket waits
        return next(self.messages)

    async def send_str(self, text):
        pass


async def main():
    path, compression = sys.argv[1], sys.argv[2]
    found = frames(path)
    client = discord.Client(intents=discord.Intents.all(), chunk_guilds_at_startup=False)
    counts = {}

    def listen(event):
        async def listener(*arguments):
            counts[event] = counts.get(event, 0) + 1

        listener.__name__ = "on_" + event
        client.event(listener)

    for event in ("message", "message_edit", "voice_state_update", "member_update", "typing", "interaction"):
        listen(event)
    await client._async_setup_hook()
    kind = aiohttp.WSMsgType.TEXT if compression == "none" else aiohttp.WSMsgType.BINARY
    socket = DiscordWebSocket(Frames(found, kind), loop=asyncio.get_running_loop())
    socket._connection = client._connection
    socket._discord_parsers = client._connection.parsers
    socket._dispatch = client.dispatch
    socket.shard_id = 0
    socket.shard_count = 1
    socket._max_heartbeat_timeout = 60
    client._connection._update_references(socket)
    client._connection._get_websocket = lambda *_: socket

    print("ready", flush=True)
    sys.stdin.readline()
    for _ in found:
        await socket.poll_event()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    print("done", flush=True)
    print(f'{{"listened":{sum(counts.values())},"sequence":{socket.sequence}}}', flush=True)
    sys.stdin.readline()


asyncio.run(main())
