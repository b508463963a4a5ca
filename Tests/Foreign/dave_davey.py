"""A member of an encrypted call on discord.py with davey (OpenMLS); it also listens, which discord.py does not."""

import asyncio
import select
import sys
import time
import types

import davey
import discord
import yarl
from checks import admin, arguments
from dave_peer import MARK, SILENCE, Ears, frame, open_packet, until

discord.http.Route.BASE = arguments.rest
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(arguments.gateway)
# Its socket reader may wait up to 30 s on the socket of the connection before; look again more often.
discord.voice_state.select = types.SimpleNamespace(select=lambda r, w, x, limit: select.select(r, w, x, 0.2))


class ListeningClient(discord.VoiceClient):
    """A voice client that keeps what arrives."""

    def create_connection_state(self):
        self.ears = Ears()
        self.senders = {}
        state = discord.voice_state.VoiceConnectionState(self, hook=self.notice)
        # Its socket reader pauses itself when its thread begins; asked to read before that, it never would.
        end = time.monotonic() + 10
        while state._socket_reader._idle_paused and time.monotonic() < end:
            time.sleep(0.001)
        return state

    async def notice(self, socket, message):
        """Learns whose SSRC is whose."""
        if message["op"] == 5:
            self.senders[message["d"]["ssrc"]] = int(message["d"]["user_id"])

    def take(self, packet):
        """Undoes both encryptions of a packet."""
        state = self._connection
        if state.secret_key is discord.utils.MISSING:
            return
        try:
            found = open_packet(packet, bytes(state.secret_key))
        except Exception:
            return
        if found is None or found[1] == SILENCE or found[0] not in self.senders:
            return
        sender, payload = self.senders[found[0]], found[1]
        if not payload.endswith(MARK):
            self.ears.plain += 1
            self.ears.note(sender, payload)
            return
        try:
            self.ears.note(sender, state.dave_session.decrypt(sender, davey.MediaType.audio, payload))
        except Exception as error:
            self.ears.failed.append(f"from {sender}: {type(error).__name__}: {error}")


class Peer:
    """The member."""

    kind = "davey"

    def __init__(self, token, user):
        self.token = token
        self.user = user
        self.sent = 0
        self.client = discord.Client(intents=discord.Intents.all())
        self.voice = None

    async def start(self):
        self.task = asyncio.create_task(self.client.start(self.token))
        await until(self.client.is_ready, what=f"{self.user} is ready")

    async def stop(self):
        await self.client.close()
        await asyncio.wait([self.task], timeout=5)

    async def join(self, channel):
        # Rarely discord.py's handshake waits for good (it asks for its own address once and listens in a thread); try again.
        for attempt in range(3):
            try:
                self.voice = await self.client.get_channel(channel).connect(cls=ListeningClient, timeout=10)
                break
            except asyncio.TimeoutError:
                timeline = (await admin("GET", "timeline"))["entries"][-12:]
                print(f"{self.user} did not get in, attempt {attempt}: {timeline}", file=sys.stderr)
                if attempt == 2:
                    raise
        loop = asyncio.get_running_loop()
        voice = self.voice
        voice._connection.add_socket_listener(lambda packet: loop.call_soon_threadsafe(voice.take, packet))
        await voice.ws.speak(discord.gateway.SpeakingState.voice if hasattr(discord.gateway, "SpeakingState") else 1)

    async def leave(self):
        voice, self.voice = self.voice, None
        await voice.disconnect()

    @property
    def ears(self):
        return self.voice.ears

    @property
    def code(self):
        """The voice privacy code; frames are sent under it from the moment it is there."""
        state = self.voice._connection
        if not state.can_encrypt:
            return None
        return (state.dave_session.voice_privacy_code or "").replace(" ", "") or None

    @property
    def is_encrypting(self):
        return self.voice._connection.can_encrypt

    def speak(self):
        """Sends the next frame."""
        self.sent += 1
        self.voice.send_audio_packet(frame(self.user, self.sent), encode=False)
