"""davey's side of `benchmarks dave` (OpenMLS in Rust): the calls that discord.py makes."""

import davey
from dave_common import CHANNEL, USER, serve


class Member:
    def __init__(self):
        self.session = davey.DaveSession(davey.DAVE_PROTOCOL_VERSION, USER, CHANNEL)
        self.session.get_serialized_key_package()
        self.set_external_sender = self.session.set_external_sender
        self.encrypt = self.session.encrypt_opus
        self.accept = self.session.process_commit

    def commit(self, body):
        answer = self.session.process_proposals(davey.ProposalsOperationType.append, body[1:])
        return answer.commit + (answer.welcome or b"")


serve(Member())
