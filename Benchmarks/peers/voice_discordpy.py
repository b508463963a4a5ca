"""discord.py's side of `benchmarks voice`: plays one song to many listeners.

Everything that makes and sends a packet is discord.py's own: AudioPlayer (one thread per stream), VoiceClient with its
encryption, VoiceConnectionState with its socket and reader thread, FFmpegOpusAudio, FFmpegPCMAudio or OggStream. Only the two WebSockets
are left out: the connection state is put into “connected” by hand, with a key, an SSRC and a UDP socket to the sink.
"""

import argparse
import asyncio
import socket
import sys
import types

import discord
from discord import oggparse
from discord.voice_state import ConnectionFlowState


class OggFile(discord.AudioSource):
    """The packets of an Ogg Opus file, over and over, parsed by discord.py's own parser."""

    def __init__(self, path):
        self.path = path
        self.packets = iter(())
        self.file = None

    def read(self):
        packet = next(self.packets, b"")
        if not packet:
            if self.file:
                self.file.close()
            self.file = open(self.path, "rb")
            self.packets = oggparse.OggStream(self.file).iter_packets()
            packet = next(self.packets)
        while packet.startswith((b"OpusHead", b"OpusTags")):
            packet = next(self.packets)
        return packet

    def is_opus(self):
        return True


class SilentWebSocket:
    """Takes what AudioPlayer tells the voice gateway."""

    async def speak(self, state):
        pass


def source(options):
    if options.source == "ogg":
        return OggFile(options.song)
    if options.source == "pcm":
        # What discord.py's own example does: FFmpeg decodes, discord.py encodes.
        return discord.FFmpegPCMAudio(options.song, before_options="-stream_loop -1")
    # codec="copy" is what FFmpegOpusAudio.from_probe chooses for an Opus file: no transcoding.
    return discord.FFmpegOpusAudio(options.song, codec="copy", before_options="-stream_loop -1")


def connect(client, number, port):
    guild = types.SimpleNamespace(id=1000 + number)
    channel = types.SimpleNamespace(guild=guild, id=2000 + number, _get_voice_client_key=lambda: (guild.id, "guild_id"))
    voice = discord.VoiceClient(client, channel)
    link = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    link.connect(("127.0.0.1", port))
    state = voice._connection
    state.socket = link
    state.ws = SilentWebSocket()
    state.ssrc = 10_000 + number
    state.mode = "aead_xchacha20_poly1305_rtpsize"
    state.secret_key = [(byte * 7 + number) & 255 for byte in range(32)]
    state._state = ConnectionFlowState.connected
    state._connected.set()
    return voice


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--streams", type=int, default=1)
    parser.add_argument("--ports", required=True)
    parser.add_argument("--song", required=True)
    parser.add_argument("--source", choices=["ffmpeg", "ogg", "pcm"], default="ffmpeg")
    options = parser.parse_args()
    ports = [int(port) for port in options.ports.split(",")]

    client = discord.Client(intents=discord.Intents.none())
    await client._async_setup_hook()
    loop = asyncio.get_running_loop()
    print("ready", flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    voices = []
    for number in range(options.streams):
        voice = connect(client, number, ports[number % len(ports)])
        voice.play(source(options))
        voices.append(voice)
        await asyncio.sleep(0)
    print("playing", flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)
    for voice in voices:
        voice.stop()


asyncio.run(main())
