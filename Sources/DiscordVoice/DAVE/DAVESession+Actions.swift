import DiscordModel
import MLS
import ServiceKit

/// What the machine decides, carried out.
extension DAVESession {
    func perform(
        _ action: DAVEMachine.Action, _ state: inout State, _ replies: inout [E2EEReply], now: Duration
    ) {
        switch action {
        case .restart: restart(&state, &replies)
        case .forget:
            state.group = nil
            state.forgetEpochs()
        case .ready(let id): replies.append(DAVEClientMessage.transitionReady(id: id).wire)
        case .invalid(let id):
            logger.notice("dave asks to be added anew", ["transition": "\(id)", "problem": state.lastProblem])
            replies.append(DAVEClientMessage.invalidCommitWelcome(id: id).wire)
        case .install(let id): install(id, &state)
        case .send(let mode): encryptor.set(mode)
        case .receivePlain(let allowed): receivers.allowPlain(allowed, now: now)
        case .repeatCommit: if let commit = state.lastCommit { replies.append(commit) }
        case .renew:
            logger.warning("dave is stuck; a fresh voice session is made", ["problem": state.lastProblem])
            replies.append(.renew("End-to-end encryption did not come about (\(state.lastProblem))"))
        }
    }

    /// Throws the group away and offers a new key package.
    private func restart(_ state: inout State, _ replies: inout [E2EEReply]) {
        if let reference = state.group?.keyPackageReference {
            state.oldReferences.append(reference)
            if state.oldReferences.count > DAVESession.maximumOldReferences { state.oldReferences.removeFirst() }
        }
        state.group = nil
        state.forgetEpochs()
        do throws(MLSError) {
            var group = try DAVEGroup.make(user: state.user.rawValue, channel: state.channel?.rawValue ?? 0)
            if let sender = state.externalSender { try? group.set(sender) }
            replies.append(DAVEClientMessage.keyPackage(group.keyPackage).wire)
            state.group = consume group
        } catch {
            state.lastProblem = error.description
            logger.error("no key package can be made", ["error": error.description])
        }
    }

    /// The sender changes to the epoch of a transition, or the newest.
    private func install(_ id: UInt16?, _ state: inout State) {
        guard var epoch = id.flatMap({ state.prepared[$0] }) ?? state.newest, let ratchet = epoch.ratchet else {
            return
        }
        epoch.ratchet = nil
        state.prepared = state.prepared.filter { $0.value.number > epoch.number }
        if state.newest?.number == epoch.number { state.newest?.ratchet = nil }
        do throws(VoiceError) {
            try encryptor.install(ratchet)
            state.current = epoch
        } catch {
            state.lastProblem = error.description
            logger.error("the frames' key cannot be made", ["error": error.description])
        }
    }
}
