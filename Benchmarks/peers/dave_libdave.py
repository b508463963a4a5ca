"""dave.py's side of `benchmarks dave` (libdave and mlspp in C++)."""

import dave
from dave_common import CHANNEL, PARTNER, USER, serve


class Member:
    ssrc = 7

    def __init__(self):
        self.session = dave.Session(lambda source, reason: None)
        self.session.init(1, CHANNEL, str(USER), dave.SignatureKeyPair.generate(1))
        self.session.get_marshalled_key_package()
        self.set_external_sender = self.session.set_external_sender
        self.encryptor = dave.Encryptor()

    def commit(self, body):
        return self.session.process_proposals(body, {str(USER), str(PARTNER)})

    def accept(self, commit):
        self.session.process_commit(commit)
        self.encryptor.assign_ssrc_to_codec(self.ssrc, dave.Codec.opus)
        self.encryptor.set_key_ratchet(self.session.get_key_ratchet(str(USER)))

    def encrypt(self, frame):
        return self.encryptor.encrypt(dave.MediaType.audio, self.ssrc, frame)


serve(Member())
