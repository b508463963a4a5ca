"""A member of an encrypted call on dave.py (libdave, mlspp): a bot with just enough of both gateways to sit, speak and listen."""

import asyncio
import json
import logging
import ssl
import struct

import aiohttp
import dave
from checks import GUILD, arguments
from dave_peer import MARK, MODE, SILENCE, Ears, frame, open_packet, seal_packet, until

log = logging.getLogger("libdave")


class Datagrams(asyncio.DatagramProtocol):
    """Hands datagrams on."""

    def __init__(self, take):
        self.take = take

    def datagram_received(self, data, address):
        self.take(data)


class Call:
    """One voice connection."""

    def __init__(self, peer, channel, session_id, server):
        self.peer, self.channel, self.session_id, self.server = peer, channel, session_id, server
        self.user = peer.user
        self.ears = Ears()
        self.senders = {}
        self.present = {str(peer.user)}
        self.session = dave.Session(lambda source, reason: log.info("%s: %s", source, reason))
        self.key = dave.SignatureKeyPair.generate(1)
        self.encryptor = dave.Encryptor()
        self.decryptors = {}
        self.version = 0
        self.prepared = {}
        self.secret_key = None
        self.last = -1
        self.sequence = self.counter = 0
        self.code = None
        self.discovered = asyncio.get_running_loop().create_future()

    # The voice gateway

    async def open(self):
        context = ssl.create_default_context()
        self.http = aiohttp.ClientSession()
        self.socket = await self.http.ws_connect(f"wss://{self.server['endpoint']}/?v=8", ssl=context)
        self.tasks = [asyncio.create_task(self.read())]
        await self.tell(0, {
            "server_id": str(GUILD), "user_id": str(self.user), "session_id": self.session_id, "token": self.server["token"],
            "max_dave_protocol_version": self.peer.maximum_version,
        })
        await until(lambda: self.secret_key or self.socket.closed, what=f"the key of {self.user}")
        if self.socket.closed:
            raise ConnectionError(self.socket.close_code)
        await self.tell(5, {"speaking": 1, "delay": 0, "ssrc": self.ssrc})

    def drop(self):
        """Loses the connection without a word."""
        self.socket._response.connection.transport.abort()

    async def resume(self):
        """Takes the session up again; what was missed is repeated."""
        self.socket = await self.http.ws_connect(
            f"wss://{self.server['endpoint']}/?v=8", ssl=ssl.create_default_context())
        await self.tell(7, {
            "server_id": str(GUILD), "session_id": self.session_id, "token": self.server["token"], "seq_ack": self.last})
        self.tasks.append(asyncio.create_task(self.read()))

    async def close(self):
        for task in self.tasks:
            task.cancel()
        await self.socket.close(code=1000)
        await self.http.close()
        self.transport.close()

    async def tell(self, op, data):
        await self.socket.send_str(json.dumps({"op": op, "d": data}))

    async def tell_binary(self, op, body):
        await self.socket.send_bytes(bytes([op]) + body)

    async def beat(self, interval):
        while True:
            await asyncio.sleep(interval)
            await self.tell(3, {"t": 1, "seq_ack": self.last})

    async def read(self):
        async for message in self.socket:
            try:
                if message.type == aiohttp.WSMsgType.TEXT:
                    content = json.loads(message.data)
                    self.last = content.get("seq", self.last)
                    await self.hear(content["op"], content["d"])
                elif message.type == aiohttp.WSMsgType.BINARY:
                    self.last = struct.unpack_from(">H", message.data)[0]
                    await self.hear_binary(message.data[2], message.data[3:])
            except Exception as error:
                log.exception("a message of the voice gateway")
                self.ears.failed.append(f"{type(error).__name__}: {error}")

    async def hear(self, op, data):
        if op == 8:
            self.tasks.append(asyncio.create_task(self.beat(min(data["heartbeat_interval"] / 1000, 5))))
        elif op == 2:
            await self.discover(data)
        elif op == 4:
            self.secret_key = bytes(data["secret_key"])
            await self.begin(data["dave_protocol_version"])
        elif op == 5:
            self.senders[data["ssrc"]] = int(data["user_id"])
        elif op == 11:
            self.present |= set(data["user_ids"])
        elif op == 13:
            self.present.discard(data["user_id"])
            self.decryptors.pop(int(data["user_id"]), None)
        elif op == 21:
            await self.prepare(data["transition_id"], data["protocol_version"])
        elif op == 22:
            self.execute(data["transition_id"])
        elif op == 24 and data["epoch"] == 1:
            await self.begin(data["protocol_version"])

    async def discover(self, ready):
        self.ssrc = ready["ssrc"]
        self.transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: Datagrams(self.take), remote_addr=(ready["ip"], ready["port"]))
        for _ in range(20):
            self.transport.sendto(struct.pack(">HHI66x", 1, 70, self.ssrc))
            done, _ = await asyncio.wait([self.discovered], timeout=0.5)
            if done:
                break
        address, port = self.discovered.result()
        await self.tell(1, {"protocol": "udp", "data": {"address": address, "port": port, "mode": MODE}})

    # DAVE

    async def begin(self, version):
        """A new group: from opcode 4 or 24."""
        self.version = version
        self.code = None
        self.prepared.clear()
        self.encryptor.set_key_ratchet(None)
        if version:
            self.session.init(version, self.channel, str(self.user), self.key)
            await self.tell_binary(26, self.session.get_marshalled_key_package())

    async def hear_binary(self, op, body):
        if op == 25:
            self.session.set_external_sender(body)
        elif op == 27:
            answer = self.session.process_proposals(body, self.present)
            if answer is not None:
                await self.tell_binary(28, answer)
        elif op == 29:
            transition, result = struct.unpack_from(">H", body)[0], self.session.process_commit(body[2:])
            if result is dave.RejectType.ignored:
                return
            await self.follow(transition, None if result is dave.RejectType.failed else result)
        elif op == 30:
            await self.follow(struct.unpack_from(">H", body)[0], self.session.process_welcome(body[2:], self.present))

    async def follow(self, transition, roster):
        """After a commit or Welcome: ready for the new epoch, or lost."""
        if roster is None:
            await self.tell(31, {"transition_id": transition})
            await self.begin(self.version)
            return
        for user in self.session_users():
            decryptor = self.decryptors.setdefault(user, dave.Decryptor())
            decryptor.transition_to_key_ratchet(self.session.get_key_ratchet(str(user)))
        await self.prepare(transition, self.version)

    def session_users(self):
        """The others in the group."""
        others = [int(user) for user in self.present if int(user) != self.user]
        return [user for user in others if self.session.get_key_ratchet(str(user)) is not None]

    async def prepare(self, transition, version):
        self.prepared[transition] = version
        if transition == 0:
            self.execute(0)
        else:
            await self.tell(23, {"transition_id": transition})

    def execute(self, transition):
        if transition not in self.prepared:
            return
        self.version = self.prepared.pop(transition)
        if self.version and self.session.has_established_group():
            self.encryptor.assign_ssrc_to_codec(self.ssrc, dave.Codec.opus)
            self.encryptor.set_key_ratchet(self.session.get_key_ratchet(str(self.user)))
            self.code = dave.generate_displayable_code(self.session.get_last_epoch_authenticator(), 30, 5)
        else:
            self.encryptor.set_key_ratchet(None)
            self.code = None

    # Sound

    def take(self, packet):
        if len(packet) == 74 and packet[:2] == b"\0\2":
            if not self.discovered.done():
                self.discovered.set_result((packet[8:72].rstrip(b"\0").decode(), struct.unpack_from(">H", packet, 72)[0]))
            return
        if self.secret_key is None:
            return
        found = open_packet(packet, self.secret_key)
        if found is None or found[1] == SILENCE or found[0] not in self.senders:
            return
        sender, payload = self.senders[found[0]], found[1]
        if not payload.endswith(MARK):
            self.ears.plain += 1
            self.ears.note(sender, payload)
            return
        decryptor = self.decryptors.get(sender)
        plain = decryptor.decrypt(dave.MediaType.audio, payload) if decryptor else None
        if plain is None:
            self.ears.failed.append(f"from {sender}: " + ("not decrypted" if decryptor else "no decryptor"))
        else:
            self.ears.note(sender, plain)

    def speak(self, text):
        if self.encryptor.has_key_ratchet():
            text = self.encryptor.encrypt(dave.MediaType.audio, self.ssrc, text)
        self.sequence += 1
        self.counter += 1
        self.transport.sendto(
            seal_packet(self.sequence, self.sequence * 960, self.ssrc, text, self.secret_key, self.counter))


class Peer:
    """The member, with its main gateway."""

    kind = "dave.py"

    def __init__(self, token, user, maximum_version=dave.get_max_supported_protocol_version()):
        self.token, self.user, self.maximum_version = token, user, maximum_version
        self.sent = 0
        self.call = None

    async def start(self):
        self.http = aiohttp.ClientSession()
        self.socket = await self.http.ws_connect(arguments.gateway + "?v=10&encoding=json")
        self.state, self.server, self.sequence = asyncio.Queue(), asyncio.Queue(), None
        self.ready = asyncio.Event()
        self.tasks = [asyncio.create_task(self.read())]
        await asyncio.wait_for(self.ready.wait(), 30)

    async def read(self):
        async for message in self.socket:
            content = json.loads(message.data)
            self.sequence = content.get("s") or self.sequence
            data = content["d"]
            if content["op"] == 10:
                self.tasks.append(asyncio.create_task(self.beat(data["heartbeat_interval"] / 1000)))
                await self.socket.send_json({"op": 2, "d": {"token": self.token, "intents": 129, "properties": {}}})
            elif content.get("t") == "READY":
                self.ready.set()
            elif content.get("t") == "VOICE_STATE_UPDATE" and data["user_id"] == str(self.user):
                self.state.put_nowait(data)
            elif content.get("t") == "VOICE_SERVER_UPDATE":
                self.server.put_nowait(data)

    async def beat(self, interval):
        while True:
            await asyncio.sleep(interval)
            await self.socket.send_json({"op": 1, "d": self.sequence})

    async def stop(self):
        for task in self.tasks:
            task.cancel()
        await self.socket.close()
        await self.http.close()

    async def seat(self, channel):
        await self.socket.send_json({"op": 4, "d": {
            "guild_id": str(GUILD), "channel_id": channel and str(channel), "self_mute": False, "self_deaf": False}})
        return await asyncio.wait_for(self.state.get(), 30)

    async def join(self, channel):
        state = await self.seat(channel)
        self.call = Call(self, channel, state["session_id"], await asyncio.wait_for(self.server.get(), 30))
        await self.call.open()

    async def leave(self):
        call, self.call = self.call, None
        await call.close()
        await self.seat(None)

    @property
    def ears(self):
        return self.call.ears

    @property
    def code(self):
        return self.call.code

    @property
    def is_encrypting(self):
        return self.call.encryptor.has_key_ratchet()

    def speak(self):
        self.sent += 1
        self.call.speak(frame(self.user, self.sent))
