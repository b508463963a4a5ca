import DiscordModel
import MLS
import ServiceKit

/// What arrives, turned into events of the machine; commits and welcomes are processed here.
extension DAVESession {
    func translate(
        _ input: E2EEInput, _ state: inout State, _ replies: inout [E2EEReply], now: Duration
    ) -> [DAVEMachine.Event] {
        switch input {
        case .opened:
            state.externalSender = nil
            receivers.forgetAll()
            return [.opened]
        case .begin(let version, let user, let channel, _):
            let isSame = state.channel == channel
            (state.user, state.channel, state.hasBegun) = (user, channel, true)
            state.group = nil
            state.forgetEpochs()
            receivers.forgetKeys()
            // A list of who is there may have named us before we knew ourselves.
            return [.disconnected(user), .began(version: version, sameChannel: isSame)]
        case .resumed: return [.resumed]
        case .tick: return receivers.takeUnheard() ? [.unheard, .tick] : [.tick]
        case .json(let payload): return hear(payload, &state)
        case .binary(let opcode, let body):
            do throws(VoiceError) {
                guard let message = try DAVEServerMessage(opcode: opcode, body) else { return [] }
                return hear(message, &state, &replies, now: now)
            } catch {
                refuse(error.description, &state)
                // The group goes on without us: a commit or welcome that cannot be read must be answered.
                guard opcode == 29 || opcode == 30, body.count >= 2, state.group != nil else { return [] }
                return [.failed(transition: UInt16(body[0]) << 8 | UInt16(body[1]))]
            }
        }
    }

    private func hear(_ payload: VoiceGatewayPayload, _ state: inout State) -> [DAVEMachine.Event] {
        switch payload.op {
        case .clientsConnect:
            let clients: VoiceClientsConnect? = payload.d.flatMap { try? JSON.decode(from: $0) }
            return [.connected(clients?.userIDs.filter { $0 != state.user } ?? [])]
        case .clientDisconnect:
            guard let left: VoiceClientDisconnect = payload.d.flatMap({ try? JSON.decode(from: $0) }) else { return [] }
            receivers.forget(left.userID)
            return [.disconnected(left.userID)]
        case .speaking:
            guard let speaking: VoiceSpeaking = payload.d.flatMap({ try? JSON.decode(from: $0) }),
                let stream = speaking.ssrc, let user = speaking.userID
            else { return [] }
            receivers.bind(stream, to: user)
            return []
        default:
            do throws(VoiceError) {
                switch try DAVEServerMessage(payload) {
                case .prepareTransition(let id, let version): return [.prepareTransition(id: id, version: version)]
                case .executeTransition(let id): return [.executeTransition(id: id)]
                case .prepareEpoch(let version, let epoch): return [.prepareEpoch(version: version, epoch: epoch)]
                default: return []
                }
            } catch {
                refuse(error.description, &state)
                return []
            }
        }
    }

    private func hear(
        _ message: DAVEServerMessage, _ state: inout State, _ replies: inout [E2EEReply], now: Duration
    ) -> [DAVEMachine.Event] {
        switch message {
        case .externalSender(let bytes):
            do throws(MLSError) {
                let sender = try ExternalSender(decoding: bytes)
                try state.group?.set(sender)
                state.externalSender = sender
            } catch {
                refuse(error.description, &state)
            }
            return []
        case .appendProposals(let messages):
            guard state.group != nil else { return [] }
            let present = state.machine.others
            let problem = state.group?.append(messages) { present.contains(UserID($0)) } ?? nil
            if let problem { refuse(problem.description, &state) }
            commit(&state, &replies)
            return [.proposals(waiting: true)]
        case .revokeProposals(let references):
            guard state.group != nil else { return [] }
            state.group?.revoke(references)
            commit(&state, &replies)
            return [.proposals(waiting: state.group?.hasProposals ?? false)]
        case .announceCommit(let id, let bytes): return enter(id, commit: bytes, &state, now: now)
        case .welcome(let id, let bytes): return enter(id, welcome: bytes, &state, now: now)
        case .prepareTransition, .executeTransition, .prepareEpoch: return []
        }
    }

    /// Commits to the whole queue, if there is one.
    private func commit(_ state: inout State, _ replies: inout [E2EEReply]) {
        state.lastCommit = nil
        guard state.group?.hasProposals ?? false else { return }
        do throws(MLSError) {
            guard let made = try state.group?.commit() else { return }
            let reply = DAVEClientMessage.commit(made.message, welcome: made.welcome).wire
            state.lastCommit = reply
            replies.append(reply)
        } catch {
            // Another member's commit may still come; if none does, the machine mends.
            refuse(error.description, &state)
        }
    }

    private func enter(
        _ id: UInt16, commit: [UInt8], _ state: inout State, now: Duration
    ) -> [DAVEMachine.Event] {
        guard state.group != nil else { return [] }
        let isOwn = state.group?.isOwn(commit) ?? false
        let isEstablished = state.group?.isEstablished ?? false
        // Meant for a group that we have left meanwhile: a welcome for our new key package follows.
        guard isOwn || isEstablished else { return [.outdated] }
        if !isOwn, let epoch = DAVESession.epoch(of: commit), epoch < state.group?.epoch ?? 0 { return [.outdated] }
        do throws(MLSError) {
            try state.group?.enter(commit: commit)
            try take(id, &state, now: now)
            return [.entered(transition: id)]
        } catch {
            refuse(error.description, &state)
            return [.failed(transition: id)]
        }
    }

    private func enter(
        _ id: UInt16, welcome bytes: [UInt8], _ state: inout State, now: Duration
    ) -> [DAVEMachine.Event] {
        guard state.group != nil else { return [] }
        do throws(MLSError) {
            let welcome = try Welcome(decoding: bytes)
            let references = Set(welcome.secrets.map(\.reference))
            let isOurs = references.contains(state.group?.keyPackageReference ?? [])
            // For a key package that we have replaced meanwhile: the next welcome is on its way.
            if !isOurs, !references.isDisjoint(with: state.oldReferences) { return [.outdated] }
            try state.group?.enter(welcome: welcome)
            try take(id, &state, now: now)
            return [.entered(transition: id)]
        } catch {
            refuse(error.description, &state)
            return [.failed(transition: id)]
        }
    }

    private static func epoch(of commit: [UInt8]) -> UInt64? {
        guard case .publicMessage(let message)? = try? MLSMessage(decoding: commit) else { return nil }
        return message.content.epoch
    }

    /// A new epoch: the receivers hear it at once, the sender waits for its transition.
    private func take(_ id: UInt16, _ state: inout State, now: Duration) throws(MLSError) {
        guard let members = state.group?.members, let own = try state.group?.ratchet(of: state.user.rawValue) else {
            throw .invalid("there is no group")
        }
        var ratchets: [(user: UserID, ratchet: KeyRatchet)] = []
        for member in members where UserID(member) != state.user {
            if let ratchet = try state.group?.ratchet(of: member) { ratchets.append((UserID(member), ratchet)) }
        }
        receivers.install(ratchets, now: now)
        let epoch = Epoch(
            number: state.group?.epoch ?? 0, members: members.map { UserID($0) },
            privacyCode: state.group?.privacyCode ?? nil, ratchet: own)
        state.epochs += 1
        state.lastCommit = nil
        state.newest = epoch
        state.prepared[id] = epoch
        if state.prepared.count > DAVEMachine.maximumTransitions {
            state.prepared = state.prepared.filter {
                $0.value.number + UInt64(DAVEMachine.maximumTransitions) > epoch.number
            }
        }
    }

    private func refuse(_ problem: String, _ state: inout State) {
        state.refused += 1
        state.lastProblem = problem
        logger.info("dave message refused", ["problem": problem])
    }
}
