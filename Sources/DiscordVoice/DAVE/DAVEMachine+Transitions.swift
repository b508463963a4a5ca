import DiscordModel

/// What the server says, as the table of 5.7 has it.
extension DAVEMachine {
    mutating func begin(_ version: Int, sameChannel: Bool, _ turn: inout Turn) {
        isOpening = false
        if !sameChannel { keylessSince = nil }
        self.version = max(0, version)
        groupVersion = self.version
        lastTransition = nil
        isRenewing = false
        leaveGroup()
        sawGroup = false
        cameLater = !others.isEmpty
        answerSteps = 0
        receivePlain(true, &turn)
        guard self.version > 0 else { return turn.act(.forget) }
        restart(&turn)
    }

    mutating func resume(_ turn: Turn) {
        isRenewing = false
        if answerDue != nil { answerDue = turn.now + limits.answer }
        for index in transitions.indices where transitions[index].due != nil {
            transitions[index].due = turn.now + limits.execution
        }
    }

    mutating func connect(_ users: [UserID], _ turn: Turn) {
        guard others.count + users.count <= DAVEMachine.maximumUsers else { return }
        let wasAlone = others.isEmpty
        others.formUnion(users)
        guard wasAlone, !others.isEmpty, groupVersion > 0, !isMember, answerDue == nil else { return }
        awaitedSince = turn.now
        answerDue = turn.now + limits.patience
    }

    mutating func disconnect(_ user: UserID) {
        guard others.remove(user) != nil, others.isEmpty else { return }
        // Nobody is left to wait for, or to overhear.
        sawGroup = false
        cameLater = false
        stopWaiting()
    }

    /// 21.
    mutating func prepare(_ id: UInt16, _ version: Int, _ turn: inout Turn) {
        guard version >= 0, version <= maximumVersion else { return }
        guard id != 0 else { return apply(Transition(id: 0, version: version, hasKeys: false), &turn) }
        // A downgrade is never executed without the server's word.
        remember(
            Transition(id: id, version: version, hasKeys: false, due: version > 0 ? turn.now + limits.execution : nil))
        if version == 0 { receivePlain(true, &turn) }
        turn.act(.ready(id))
    }

    /// 22, or its time has come.
    mutating func execute(_ id: UInt16, _ turn: inout Turn) {
        guard let index = transitions.firstIndex(where: { $0.id == id }) else { return }
        let transition = transitions[index]
        // Earlier ones are overtaken: the sender never goes back to an older epoch.
        transitions.removeSubrange(...index)
        apply(transition, &turn)
    }

    private mutating func apply(_ transition: Transition, _ turn: inout Turn) {
        version = transition.version
        guard version > 0 else {
            leaveGroup()
            groupVersion = 0
            calmDown()
            receivePlain(true, &turn)
            return turn.act(.forget)
        }
        if groupVersion == 0 { groupVersion = version }
        guard transition.hasKeys || isMember && !isKeyed else { return }
        turn.act(.install(transition.hasKeys ? transition.id : nil))
        isKeyed = true
        stableAt = turn.now + limits.stable
        receivePlain(false, &turn)
    }

    /// 24.
    mutating func prepareEpoch(_ version: Int, _ epoch: UInt64, _ turn: inout Turn) {
        guard version > 0, version <= maximumVersion else { return }
        groupVersion = version
        guard epoch == 1 else { return }
        resets += 1
        leaveGroup()
        answerSteps = 0
        cameLater = !others.isEmpty
        restart(&turn)
    }

    /// 29 or 30 was taken in.
    mutating func enter(_ id: UInt16, _ turn: inout Turn) {
        isMember = true
        sawGroup = true
        calmDown()
        lastTransition = id
        if groupVersion == 0 { groupVersion = 1 }
        let transition = Transition(
            id: id, version: groupVersion, hasKeys: true, due: turn.now + limits.execution)
        guard id != 0 else { return apply(transition, &turn) }
        remember(transition)
        turn.act(.ready(id))
    }

    private mutating func remember(_ transition: Transition) {
        transitions.removeAll { $0.id == transition.id }
        transitions.append(transition)
        if transitions.count > DAVEMachine.maximumTransitions { transitions.removeFirst() }
    }

    /// The group and its keys are of no use any more.
    mutating func leaveGroup() {
        isMember = false
        isKeyed = false
        transitions = []
        stableAt = nil
    }

    func receivePlain(_ allowed: Bool, _ turn: inout Turn) {
        turn.act(.receivePlain(allowed))
    }
}
