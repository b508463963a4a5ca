import DiscordModel

/// Stuck states and how they are mended: never in a fast loop, and never when there is nobody to talk to.
///
/// In order: the commit again while the old epoch still works; 31 and a new key package; a fresh voice session, each
/// later than the one before. A transition that is never executed is executed by ourselves: its receivers have the key.
extension DAVEMachine {
    /// Nothing is awaited any more.
    mutating func calmDown() {
        stopWaiting()
        restartDue = nil
    }

    /// No answer is awaited any more.
    mutating func stopWaiting() {
        answerDue = nil
        awaitedSince = nil
        answerSteps = 0
    }

    /// A new pending group and key package; an answer is expected when others are there.
    mutating func restart(_ turn: inout Turn) {
        restartDue = nil
        turn.act(.restart)
        guard !others.isEmpty else {
            answerDue = nil
            awaitedSince = nil
            return
        }
        awaitedSince = awaitedSince ?? turn.now
        answerDue = turn.now + DAVELimits.doubled(limits.answer, answerSteps, limit: limits.backoffLimit)
    }

    /// Others take part in a group: an answer to our key package or commit must come.
    mutating func noteGroup(_ turn: Turn) {
        // A song that goes on unencrypted waits once more, but not in every moment.
        if !mayBeOverheard, let holdEnd, turn.now >= holdEnd + limits.hold { keylessSince = turn.now }
        sawGroup = true
        expectAnswer(turn)
    }

    mutating func noteProposals(_ waiting: Bool, _ turn: Turn) {
        guard groupVersion > 0 else { return }
        if !waiting, isMember {
            // All were revoked.
            return stopWaiting()
        }
        noteGroup(turn)
    }

    private mutating func expectAnswer(_ turn: Turn) {
        guard !others.isEmpty, restartDue == nil, !isRenewing else { return }
        let since = awaitedSince ?? turn.now
        awaitedSince = since
        // Each batch of proposals begins the wait anew, but not without end.
        let latest = max(since + limits.answer * 3, turn.now)
        let wait = min(turn.now + limits.answer, latest)
        answerDue = answerSteps == 0 ? wait : answerDue ?? wait
    }

    /// 29 or 30 of this transition could not be processed.
    mutating func fail(_ id: UInt16, _ turn: inout Turn) {
        lastTransition = id
        sawGroup = true
        guard restartDue == nil, !isRenewing else { return leaveGroup() }
        recover(&turn)
    }

    /// 31 and a new key package: at once the first time, later and later when it happens again and again.
    private mutating func recover(_ turn: inout Turn) {
        leaveGroup()
        mendings += 1
        guard mendings > 2 else { return recoverNow(&turn) }
        answerDue = nil
        restartDue = turn.now + DAVELimits.doubled(limits.backoffBase, mendings - 3, limit: limits.backoffLimit)
    }

    private mutating func recoverNow(_ turn: inout Turn) {
        recoveries += 1
        if let lastTransition { turn.act(.invalid(lastTransition)) }
        restart(&turn)
    }

    /// No frame of a member can be read: our keys or theirs are wrong.
    mutating func mendDeafness(_ turn: inout Turn) {
        guard isMember, isKeyed, transitions.isEmpty, answerDue == nil, restartDue == nil,
            turn.now >= nextDeafness ?? .zero
        else { return }
        nextDeafness = turn.now + DAVELimits.doubled(limits.deafnessBase, deafnesses, limit: limits.deafnessLimit)
        deafnesses += 1
        recover(&turn)
    }

    /// 29 or 30 is overdue.
    private mutating func answerOverdue(_ turn: inout Turn) {
        answerDue = nil
        guard !others.isEmpty, groupVersion > 0, !isRenewing else { return stopWaiting() }
        let step = answerSteps
        answerSteps += 1
        if isMember, step < 2 {
            // The old epoch still works. Perhaps the commit was lost; a second copy of it does no harm.
            turn.act(.repeatCommit)
            answerDue = turn.now + limits.answer
            return
        }
        guard sawGroup else {
            // Nobody has shown a sign of DAVE: the key package may be lost, or nobody speaks it.
            recoveries += 1
            return restart(&turn)
        }
        let wasPending = !isMember
        leaveGroup()
        if wasPending, step > 0, turn.now >= nextRenewal ?? .zero { return renew(&turn) }
        mendings += 1
        recoverNow(&turn)
    }

    private mutating func renew(_ turn: inout Turn) {
        renewals += 1
        renewed += 1
        nextRenewal = turn.now + DAVELimits.doubled(limits.renewalBase, renewals, limit: limits.renewalLimit)
        isRenewing = true
        calmDown()
        turn.act(.renew)
    }

    mutating func tick(_ turn: inout Turn) {
        while let due = transitions.first(where: { ($0.due ?? turn.now + .seconds(1)) <= turn.now }) {
            execute(due.id, &turn)
        }
        if let due = stableAt, due <= turn.now {
            stableAt = nil
            mendings = 0
            renewals = 0
            nextRenewal = nil
        }
        if let due = restartDue, due <= turn.now {
            restartDue = nil
            // Many failures in a row: the session itself may be at fault.
            if mendings > 4, turn.now >= nextRenewal ?? .zero, !others.isEmpty {
                renew(&turn)
            } else {
                recoverNow(&turn)
            }
        }
        if let due = answerDue, due <= turn.now { answerOverdue(&turn) }
    }
}
