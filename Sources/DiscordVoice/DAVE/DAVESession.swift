import DiscordModel
internal import MLS
public import ServiceKit
internal import Synchronization

/// DAVE for one voice connection: joins the group of the channel, follows its epochs, encrypts what is sent, decrypts what
/// is received, and mends itself.
///
/// Frames wait while others are there and no key is ready, so that none is lost; alone in the channel they go unencrypted,
/// which nobody hears. When no key comes in time, silence takes their place: never plain audio where somebody may have an
/// encrypted call, unless the server chose version 0.
public final class DAVESession: E2EESession {
    /// The newest version of the protocol this program speaks.
    public static let newestVersion = 1
    /// Key packages of earlier restarts that a late welcome may name.
    static let maximumOldReferences = 16

    /// An epoch we are in, with what the sender needs of it.
    struct Epoch: Sendable {
        let number: UInt64
        let members: [UserID]
        let privacyCode: String?
        /// Taken by the encryptor once: a second time would begin its nonces anew under the same key.
        var ratchet: KeyRatchet?
    }

    struct State: ~Copyable {
        var machine: DAVEMachine
        var group: DAVEGroup?
        var externalSender: ExternalSender?
        var user: UserID = 0
        var channel: ChannelID?
        var hasBegun = false
        /// Epochs whose transition is not executed.
        var prepared: [UInt16: Epoch] = [:]
        var newest: Epoch?
        var current: Epoch?
        var oldReferences: [[UInt8]] = []
        /// The last commit we sent in this epoch.
        var lastCommit: E2EEReply?
        var epochs = 0
        var refused = 0
        /// What went wrong last, for the log and for people.
        var lastProblem = "no group came about"
    }

    private struct Published {
        var report = E2EEReport()
        var nextDeadline: Duration?
    }

    let encryptor = DAVEEncryptor()
    let receivers = DAVEReceivers()
    let logger: Logger
    private let state: Mutex<State>
    private let published = Mutex(Published())

    /// One for each connection.
    public convenience init(logger: Logger = Logger("dave")) {
        self.init(logger: logger, limits: DAVELimits())
    }

    /// With other limits, for tests.
    package init(logger: Logger = Logger("dave"), limits: DAVELimits) {
        self.logger = logger
        state = Mutex(State(machine: DAVEMachine(maximumVersion: DAVESession.newestVersion, limits: limits)))
    }

    /// Always the newest.
    public var maximumProtocolVersion: Int { DAVESession.newestVersion }

    /// The encryptor, the same for the session's whole life.
    public var transform: (any FrameTransform)? { encryptor }

    /// When `.tick` is due; at once when a member cannot be heard.
    public var nextDeadline: Duration? {
        receivers.isUnheard ? .zero : published.withLock { $0.nextDeadline }
    }

    /// How things stand.
    public var report: E2EEReport {
        var report = published.withLock { $0.report }
        report.frames = encryptor.counters
        report.undecryptable = receivers.undecryptable
        return report
    }

    /// Remote users with keys kept, for tests of boundedness.
    package var receiversKept: Int { receivers.kept.users }

    /// Takes in what happened and says what to send.
    public func handle(_ input: E2EEInput, now: Duration) -> [E2EEReply] {
        state.withLock { state in
            var replies: [E2EEReply] = []
            var events = translate(input, &state, &replies, now: now)
            while !events.isEmpty {
                for action in state.machine.handle(events.removeFirst(), now: now) {
                    perform(action, &state, &replies, now: now)
                }
            }
            publish(state)
            return replies
        }
    }

    /// A received frame, decrypted; nil when it cannot be.
    public func open(_ frame: [UInt8], ssrc: UInt32, now: Duration) -> [UInt8]? {
        receivers.open(frame, stream: ssrc, now: now)
    }

    /// Forgets the session and its keys; the counters go on.
    public func end() {
        state.withLock { state in
            state.machine.end()
            encryptor.set(.plain)
            state.group = nil
            state.externalSender = nil
            state.channel = nil
            state.hasBegun = false
            state.forgetEpochs()
            state.oldReferences = []
            publish(state)
        }
        receivers.forgetAll()
    }

    /// Shows others how things stand.
    private func publish(_ state: borrowing State) {
        var report = E2EEReport()
        report.version = state.machine.version
        report.epochs = state.epochs
        report.resets = state.machine.resets
        report.recoveries = state.machine.recoveries
        report.renewals = state.machine.renewed
        report.refused = state.refused
        if !state.hasBegun {
            report.status = .off
        } else if state.machine.version == 0 {
            report.status = .passthrough
        } else if state.machine.isKeyed, let epoch = state.current {
            report.status = .encrypted(epoch: epoch.number, members: epoch.members)
            report.privacyCode = epoch.privacyCode.map(DAVECode.grouped)
        } else {
            report.status = .waiting
        }
        let deadline = state.machine.nextDeadline
        published.withLock { $0 = Published(report: report, nextDeadline: deadline) }
    }
}

extension DAVESession.State {
    /// Wipes the keys of all epochs but the encryptor's.
    mutating func forgetEpochs() {
        prepared = [:]
        newest = nil
        current = nil
        lastCommit = nil
    }
}
