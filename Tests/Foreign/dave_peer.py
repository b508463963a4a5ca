"""What the members of an encrypted call have in common: frames that say who sent them, and what was heard of whom."""

import asyncio
import struct

import nacl.bindings

SILENCE = b"\xf8\xff\xfe"
MARK = b"\xfa\xfa"  # the last two bytes of an encrypted frame
MODE = "aead_xchacha20_poly1305_rtpsize"


def open_packet(packet, key):
    """The RTP payload of a packet in the xchacha mode as (ssrc, payload); None for what is no audio."""
    if len(packet) < 12 + 16 + 4 or packet[0] >> 6 != 2 or 200 <= packet[1] <= 207:
        return None
    header = 12 + 4 * (packet[0] & 15)
    extension = 0
    if packet[0] & 0x10:
        extension = 4 * struct.unpack_from(">H", packet, header + 2)[0]
        header += 4
    nonce = packet[-4:] + bytes(20)
    plain = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(packet[header:-4], packet[:header], nonce, key)
    if packet[0] & 0x20:
        plain = plain[:-plain[-1]]
    return struct.unpack_from(">I", packet, 8)[0], plain[extension:]


def seal_packet(sequence, timestamp, ssrc, payload, key, counter):
    """A packet in the xchacha mode."""
    header = struct.pack(">BBHII", 0x80, 0x78, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc)
    suffix = struct.pack(">I", counter)
    sealed = nacl.bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(payload, header, suffix + bytes(20), key)
    return header + sealed + suffix


class Ears:
    """What one member heard, per sender."""

    def __init__(self):
        self.frames = {}  # sender → the texts it sent
        self.plain = 0  # frames that came without encryption
        self.failed = []  # why frames could not be decrypted

    def note(self, sender, frame):
        """Takes a frame that was understood."""
        if frame != SILENCE:
            self.frames.setdefault(sender, set()).add(bytes(frame))

    def forget(self):
        """Begins anew."""
        self.__init__()


def frame(sender, number):
    """A frame that says whose it is; long enough to be one of Opus."""
    return b"\x78" + f"{sender} says {number:06}".encode().ljust(60, b".")


async def until(look, limit=60.0, what="what was waited for"):
    """Waits until `look` (plain or async) gives something true, and returns it."""
    end = asyncio.get_running_loop().time() + limit
    while True:
        value = look()
        if asyncio.iscoroutine(value):
            value = await value
        if value:
            return value
        if asyncio.get_running_loop().time() > end:
            raise AssertionError(f"{what() if callable(what) else what} did not happen within {limit} s")
        await asyncio.sleep(0.02)
