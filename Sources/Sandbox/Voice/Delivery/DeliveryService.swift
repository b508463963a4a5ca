internal import MLS

/// The MLS delivery service and external sender of one call, as a value (sections 5.5 and 5.7, appendix D): it knows who
/// is there, which leaf everybody has and what was proposed, and never a secret of the group.
///
/// One thing happens at a time: either proposals wait for their commit, or a transition waits for its members. What comes
/// in between is proposed together when the transition is over.
struct DeliveryService: Sendable {
    /// Somebody in the call.
    struct Member: Sendable {
        /// The newest protocol version it speaks; 0 for none.
        var maximumVersion: Int
        /// Its place in the order of arrival.
        var arrival: Int
        /// Whether it was told the external sender (opcode 25).
        var hasSender = false
        /// The key package it waits with.
        var package: KeyPackage?
        /// The signature key of its leaf.
        var signatureKey: [UInt8] = []
        /// When it said that it lost its place in the group; nil while it is fine.
        var lostAt: Int64?
        /// References of this epoch's proposals that it was sent, in order.
        var told: [[UInt8]] = []
    }

    /// What can be proposed.
    enum Subject: Sendable, Hashable {
        case remove(leaf: UInt32)
        case add(user: ID, package: [UInt8])

        var isAdd: Bool { if case .add = self { true } else { false } }
    }

    /// A proposal of this epoch.
    struct Proposed: Sendable {
        var subject: Subject
        var reference: [UInt8]
        var message: [UInt8]
    }

    /// Members getting ready for an epoch or a version.
    struct Transition: Sendable {
        var id: UInt16
        var members: [ID]
        var waiting: Set<ID>
        var deadline: Int64
    }

    let channel: ID
    let guild: ID
    let rule: DAVERule
    let rules: DeliveryRules
    let sender: ExternalSenderKey
    var faults = DeliveryFaults()
    var counts = DeliveryCounts()
    /// The call's protocol version: 0 or 1.
    var version: Int
    var members: [ID: Member] = [:]
    var epoch: UInt64 = 0
    var isEstablished = false
    var leaves: [ID: UInt32] = [:]
    var proposed: [Proposed] = []
    /// When the newest proposals went out.
    var proposedAt: Int64 = 0
    var transition: Transition?
    /// A valid commit that waits for a rival (a fault).
    var raced: (commit: ValidCommit, at: Int64)?
    private var nextTransition: UInt16 = 1
    private var arrivals = 0

    init(channel: ID, guild: ID, rule: DAVERule, rules: DeliveryRules = DeliveryRules()) throws(MLSError) {
        self.channel = channel
        self.guild = guild
        self.rule = rule
        self.rules = rules
        version = rule == .off ? 0 : 1
        sender = try ExternalSenderKey()
    }

    /// The group's id: the channel's, big-endian.
    var groupID: [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: channel >> (56 - 8 * $0)) } }

    /// Everybody in the call, in the order of arrival.
    var present: [ID] { members.keys.sorted { (members[$0]?.arrival ?? 0) < (members[$1]?.arrival ?? 0) } }

    /// Whether a member is in the group and follows it.
    func follows(_ user: ID) -> Bool {
        isEstablished && leaves[user] != nil && members[user].map { $0.lostAt == nil } ?? false
    }

    mutating func newArrival() -> Int {
        arrivals += 1
        return arrivals
    }

    /// Begins a transition of some members; a number is never 0, which means "at once".
    mutating func begin(_ users: [ID], now: Int64) -> UInt16 {
        let id = nextTransition
        nextTransition = nextTransition == .max ? 1 : nextTransition + 1
        transition = Transition(id: id, members: users, waiting: Set(users), deadline: now + rules.transitionWait)
        return id
    }
}

/// The key pair a call's delivery service signs its proposals with.
final class ExternalSenderKey: Sendable {
    let key: SignaturePrivateKey
    /// What opcode 25 says.
    let sender: ExternalSender

    init() throws(MLSError) {
        let key = try SignaturePrivateKey.generate()
        // One zero byte, as the real server's.
        sender = ExternalSender(signatureKey: key.publicKey, identity: [0])
        self.key = key
    }

    /// A signed proposal from outside.
    func propose(_ proposal: Proposal, groupID: [UInt8], epoch: UInt64) throws(MLSError) -> PublicMessage {
        try ExternalProposal.make(proposal, groupID: groupID, epoch: epoch, senderIndex: 0, signer: key)
    }
}

/// What a delivery service has seen happen.
struct DeliveryCounts: Sendable, Equatable {
    var commits = 0
    var droppedCommits = 0
    var welcomes = 0
    var refusedPackages = 0
    var invalid = 0
    var timeouts = 0
    var restarts = 0
}
