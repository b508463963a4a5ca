import MLS
import TestSupport
import Testing

@testable import Sandbox

/// A network between paper members and a delivery service: every message waits in a queue of its own until the dice let
/// it through, in order for each member and each direction, and in no order between them.
private struct PaperNetwork {
    /// A message with what was true when it was made.
    private struct Envelope {
        var content: DeliveryMessage.Content
        var epoch: UInt64
        var leaf: UInt32
    }

    private enum Reply {
        case package([UInt8])
        case commit([UInt8])
        case ready(UInt16)
        case invalid
    }

    private(set) var service: DeliveryService
    private var people: [ID: PaperMember] = [:]
    private var inboxes: [ID: [Envelope]] = [:]
    private var outboxes: [ID: [Reply]] = [:]
    private var dice: SeededRandom
    private var now: Int64 = 0
    private var next: ID = 1

    init(seed: UInt64) throws {
        service = try DeliveryService(channel: 42, guild: 1, rule: .required)
        dice = SeededRandom(seed: seed)
    }

    private mutating func send(_ messages: [DeliveryMessage]) {
        for message in messages where people[message.to] != nil {
            inboxes[message.to, default: []].append(
                Envelope(
                    content: message.content, epoch: service.epoch,
                    leaf: service.isEstablished ? service.leaves[message.to] ?? 0 : 0))
        }
    }

    /// One random thing happens; comings and goings only while the storm lasts.
    mutating func step(isStorm: Bool) throws {
        let draw = Int.random(in: 0..<100, using: &dice)
        if isStorm, draw < 6, people.count < 8 { return try join() }
        if isStorm, draw < 10, let user = people.keys.sorted().randomElement(using: &dice) { return leave(user) }
        if draw < 12 {
            now += 100
            return send(service.tick(now: now))
        }
        let busy = people.keys.sorted().filter { inboxes[$0]?.isEmpty == false || outboxes[$0]?.isEmpty == false }
        guard let user = busy.randomElement(using: &dice) else {
            now += 500
            return send(service.tick(now: now))
        }
        let isReading = outboxes[user]?.isEmpty != false || inboxes[user]?.isEmpty == false && Bool.random(using: &dice)
        try isReading ? read(user, isStorm) : write(user)
    }

    private mutating func join() throws {
        let user = next
        // Some come back.
        next += Bool.random(using: &dice) ? 1 : 0
        guard people[user] == nil else { return }
        let member = try PaperMember(user)
        people[user] = member
        send(service.join(user, maximumVersion: 1, now: now).messages)
        outboxes[user] = [.package(member.package)]
    }

    private mutating func leave(_ user: ID) {
        people[user] = nil
        inboxes[user] = nil
        outboxes[user] = nil
        send(service.leave(user, now: now))
    }

    /// A member hears the next message and answers as clients do.
    private mutating func read(_ user: ID, _ isStorm: Bool) throws {
        guard var member = people[user], let envelope = inboxes[user]?.removeFirst() else { return }
        var replies: [Reply] = []
        switch envelope.content {
        case .binary(27, _):
            try member.take(envelope.content)
            if !member.told.isEmpty {
                replies.append(.commit(member.commit(service.groupID, epoch: envelope.epoch, leaf: envelope.leaf)))
            }
        case .binary(29, let body), .binary(30, let body):
            if isStorm, Int.random(in: 0..<20, using: &dice) == 0 {
                try member.renew()
                replies = [.invalid, .package(member.package)]
            } else {
                try member.take(envelope.content)
                replies = [.ready(UInt16(body[0]) << 8 | UInt16(body[1]))]
            }
        case .json(24, _):
            try member.take(envelope.content)
            replies = [.package(member.package)]
        default: try member.take(envelope.content)
        }
        people[user] = member
        outboxes[user, default: []] += replies
    }

    /// The delivery service hears the next message of a member.
    private mutating func write(_ user: ID) {
        guard let reply = outboxes[user]?.removeFirst() else { return }
        switch reply {
        case .package(let bytes): send(service.keyPackage(user, bytes, now: now))
        case .commit(let bytes): send(service.commitWelcome(user, bytes, now: now))
        case .ready(let id): send(service.ready(user, id, now: now))
        case .invalid: send(service.invalid(user, now: now))
        }
    }

    /// Whether nothing is on its way and everybody is where they belong.
    var isSettled: Bool {
        service.isSettled && inboxes.values.allSatisfy(\.isEmpty) && outboxes.values.allSatisfy(\.isEmpty)
            && service.members.count == people.count
    }

    var size: Int { people.count }
}

@Suite struct DeliveryStormTests {
    @Test(arguments: 1...12 as ClosedRange<UInt64>)
    func everyStormEndsInAGroup(_ seed: UInt64) throws {
        var network = try PaperNetwork(seed: seed)
        var largest = 0
        for _ in 0..<1_500 {
            try network.step(isStorm: true)
            largest = max(largest, network.service.leaves.count)
        }
        var calm = 0
        while !network.isSettled && calm < 5_000 {
            try network.step(isStorm: false)
            calm += 1
        }
        #expect(network.isSettled, "\(network.service.json.text)")
        #expect(largest >= 3 && network.service.counts.commits > 10)
        #expect(Set(network.service.leaves.values).count == network.service.leaves.count)
        #expect(network.service.restartsAreRare)
    }
}

extension DeliveryService {
    /// Restarts are the last resort: most epochs come about without.
    fileprivate var restartsAreRare: Bool { counts.restarts * 4 <= counts.commits }
}
