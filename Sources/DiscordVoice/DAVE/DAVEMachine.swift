package import DiscordModel

/// The transitions of one DAVE session as a pure value (DAVE 5.7): events in, actions out, no clock, no cryptography.
///
/// It decides when the group is begun anew, when the sender changes its key, what happens to frames while there is none,
/// and how a stuck state is mended. `DAVESession` performs the actions and reports what became of commits and welcomes.
package struct DAVEMachine: Sendable {
    /// What can happen.
    package enum Event: Sendable, Equatable {
        /// A fresh voice session is being made: who is there will be told anew.
        case opened
        /// Session description (4): the server chose a version, 0 for none.
        case began(version: Int, sameChannel: Bool)
        /// The voice gateway is back after a resume.
        case resumed
        /// Clients connect (11), without ourselves.
        case connected([UserID])
        /// Client disconnect (13).
        case disconnected(UserID)
        /// 21.
        case prepareTransition(id: UInt16, version: Int)
        /// 22.
        case executeTransition(id: UInt16)
        /// 24.
        case prepareEpoch(version: Int, epoch: UInt64)
        /// 27 came; whether proposals now wait for a commit.
        case proposals(waiting: Bool)
        /// 29 or 30 led to a new epoch.
        case entered(transition: UInt16)
        /// 29 or 30 could not be processed.
        case failed(transition: UInt16)
        /// A commit or welcome for a state we have given up: others do take part.
        case outdated
        /// No frame of a member could be decrypted for a while.
        case unheard
        /// `nextDeadline` has come.
        case tick
    }

    /// What the owner must do.
    package enum Action: Sendable, Equatable {
        /// Forget the group; make a new pending one and send its key package (26).
        case restart
        /// Forget the group and all keys of the sender.
        case forget
        /// Send 23.
        case ready(UInt16)
        /// Send 31.
        case invalid(UInt16)
        /// The sender takes the ratchet of the newest epoch prepared under this transition, or the newest at all.
        case install(UInt16?)
        /// What happens to frames from now on, when it is not encryption.
        case send(DAVEEncryptor.Mode)
        /// Whether frames of others may come unencrypted; ending it leaves them their window.
        case receivePlain(Bool)
        /// Send the waiting commit (28) again.
        case repeatCommit
        /// Nothing else helped: make a fresh voice session.
        case renew
    }

    /// A transition that was prepared and not executed.
    struct Transition: Sendable, Equatable {
        let id: UInt16
        let version: Int
        /// Whether it leads to an epoch of its own.
        let hasKeys: Bool
        /// When we execute it ourselves.
        var due: Duration?
    }

    /// Transitions kept at a time; a server that prepares more without executing any loses the oldest.
    static let maximumTransitions = 64
    /// Users kept at a time.
    static let maximumUsers = 10_000

    let limits: DAVELimits
    let maximumVersion: Int

    /// The version in force for frames; 0 is none.
    package internal(set) var version = 0
    /// The version of the group being made.
    var groupVersion = 0
    /// Whether a fresh session is being made, so that we do not know yet who is there.
    var isOpening = false
    /// Everybody else in the channel.
    package internal(set) var others: Set<UserID> = []
    /// Whether we are in an epoch that others share.
    package internal(set) var isMember = false
    /// Whether the sender has a key.
    package internal(set) var isKeyed = false
    var transitions: [Transition] = []
    var lastTransition: UInt16?
    /// Whether others have shown that they take part in a group.
    var sawGroup = false
    /// Whether others were there before us: they may have a group that we are not told about.
    var cameLater = false
    /// Since when the sender has had no key although others are there.
    var keylessSince: Duration?
    var mode = DAVEEncryptor.Mode.plain
    var acceptsPlain = true

    /// When 29 or 30 is overdue.
    var answerDue: Duration?
    /// When waiting for it began.
    var awaitedSince: Duration?
    /// Steps taken for the same trouble.
    var answerSteps = 0
    /// When a restart that was put off is due.
    var restartDue: Duration?
    /// Mendings since the last stable time.
    var mendings = 0
    /// Fresh voice sessions since the last stable time.
    var renewals = 0
    var nextRenewal: Duration?
    var isRenewing = false
    /// Mendings because a member could not be heard, and when the next may come: the fault may be theirs.
    var deafnesses = 0
    var nextDeafness: Duration?
    var stableAt: Duration?

    /// Times the group was begun anew because the server said so.
    package internal(set) var resets = 0
    /// Times we mended ourselves: 31 and a new key package, or a key package alone.
    package internal(set) var recoveries = 0
    /// Fresh voice sessions asked for.
    package internal(set) var renewed = 0

    /// A machine without a session.
    package init(maximumVersion: Int = 1, limits: DAVELimits = DAVELimits()) {
        self.maximumVersion = maximumVersion
        self.limits = limits
    }

    /// One call of `handle`: the moment, and the actions so far.
    struct Turn {
        let now: Duration
        var actions: [Action] = []

        mutating func act(_ action: Action) { actions.append(action) }
    }

    /// Takes in one event and says what to do.
    package mutating func handle(_ event: Event, now: Duration) -> [Action] {
        var turn = Turn(now: now)
        switch event {
        case .opened:
            others = []
            isOpening = true
        case .began(let version, let sameChannel): begin(version, sameChannel: sameChannel, &turn)
        case .resumed: resume(turn)
        case .connected(let users): connect(users, turn)
        case .disconnected(let user): disconnect(user)
        case .prepareTransition(let id, let version): prepare(id, version, &turn)
        case .executeTransition(let id): execute(id, &turn)
        case .prepareEpoch(let version, let epoch): prepareEpoch(version, epoch, &turn)
        case .proposals(let waiting): noteProposals(waiting, turn)
        case .entered(let id): enter(id, &turn)
        case .failed(let id): fail(id, &turn)
        case .outdated: noteGroup(turn)
        case .unheard: mendDeafness(&turn)
        case .tick: tick(&turn)
        }
        refreshMode(&turn)
        return turn.actions
    }

    /// The session is over; the counters go on.
    package mutating func end() {
        var fresh = DAVEMachine(maximumVersion: maximumVersion, limits: limits)
        (fresh.resets, fresh.recoveries, fresh.renewed) = (resets, recoveries, renewed)
        self = fresh
    }

    /// The next moment at which `tick` is due; nil while nothing is.
    package var nextDeadline: Duration? {
        guard !isOpening else { return nil }
        return ([answerDue, restartDue, stableAt, mode == .hold ? holdEnd : nil] + transitions.map(\.due))
            .compactMap(\.self).min()
    }

    /// When frames stop waiting.
    var holdEnd: Duration? {
        keylessSince.map { $0 + (mayBeOverheard ? limits.hold : limits.holdWhenFirst) }
    }

    /// Whether there may be an encrypted call around us that plain frames must not be sent into.
    var mayBeOverheard: Bool { sawGroup || cameLater }

    /// What happens to frames, worked out anew after each event but those between two sessions.
    private mutating func refreshMode(_ turn: inout Turn) {
        guard !isOpening else { return }
        let isKeyless = version > 0 && !isKeyed && !others.isEmpty
        if !isKeyless {
            keylessSince = nil
        } else if keylessSince == nil {
            keylessSince = turn.now
        }
        let wanted: DAVEEncryptor.Mode =
            if version == 0 {
                .plain
            } else if isKeyed {
                .encrypted
            } else if let holdEnd, isKeyless {
                turn.now < holdEnd ? .hold : mayBeOverheard ? .silence : .plain
            } else {
                .plain
            }
        guard wanted != mode else { return }
        mode = wanted
        if wanted != .encrypted { turn.act(.send(wanted)) }
    }
}
