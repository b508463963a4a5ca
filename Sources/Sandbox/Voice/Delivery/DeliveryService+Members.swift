internal import MLS

extension DeliveryService {
    /// Somebody chose its protocol (opcode 1); returns the version that opcode 4 tells it, and what follows opcode 4.
    mutating func join(_ user: ID, maximumVersion: Int, now: Int64) -> (version: Int, messages: [DeliveryMessage]) {
        guard members[user] == nil else { return (version, []) }
        var messages: [DeliveryMessage] = []
        if rule == .offered, maximumVersion == 0, version > 0 { messages += downgrade(now: now) }
        members[user] = Member(maximumVersion: maximumVersion, arrival: newArrival())
        if version > 0 { messages.append(introduceSender(to: user)) }
        return (version, messages)
    }

    /// Opcode 25.
    private mutating func introduceSender(to user: ID) -> DeliveryMessage {
        members[user]?.hasSender = true
        return DeliveryMessage(to: user, content: .binary(25, sender.sender.encoded))
    }

    /// Opcode 26: a key package, bare or as an MLSMessage.
    mutating func keyPackage(_ user: ID, _ bytes: [UInt8], now: Int64) -> [DeliveryMessage] {
        guard version > 0, members[user]?.hasSender == true else { return [] }
        guard let package = Self.accepted(bytes, of: user) else {
            counts.refusedPackages += 1
            return []
        }
        if members[user]?.package?.reference == package.reference { return [] }
        // Whoever sends one has no group any more, so its place and what it was told are void.
        members[user]?.told = []
        members[user]?.package = package
        let since = members[user]?.lostAt ?? now
        if isEstablished, leaves[user] != nil { members[user]?.lostAt = since }
        return propose(now: now)
    }

    /// A key package that meets section 5.5, or nil.
    static func accepted(_ bytes: [UInt8], of user: ID) -> KeyPackage? {
        let isWrapped = bytes.starts(with: [0, 1, 0, 5])
        guard let package = try? KeyPackage(decoding: isWrapped ? Array(bytes.dropFirst(4)) : bytes) else { return nil }
        guard (try? package.validate()) != nil, package.leafNode.credential == .basic(big(user)) else { return nil }
        guard package.extensions.isEmpty, package.leafNode.extensions.isEmpty,
            case .keyPackage(let lifetime) = package.leafNode.source, lifetime == .always
        else { return nil }
        return package
    }

    /// Opcode 31: somebody could not follow; its next key package brings it back.
    mutating func invalid(_ user: ID, now: Int64) -> [DeliveryMessage] {
        guard version > 0, members[user] != nil else { return [] }
        counts.invalid += 1
        members[user]?.package = nil
        members[user]?.told = []
        if leaves[user] != nil { members[user]?.lostAt = now }
        return release(user, now: now) + propose(now: now)
    }

    /// Somebody left the call.
    mutating func leave(_ user: ID, now: Int64) -> [DeliveryMessage] {
        guard members.removeValue(forKey: user) != nil else { return [] }
        if raced?.commit.user == user { raced = nil }
        if members.isEmpty { return [] }
        if rule == .offered, version == 0, members.values.allSatisfy({ $0.maximumVersion > 0 }) {
            return release(user, now: now) + upgrade()
        }
        guard version > 0 else { return release(user, now: now) }
        if members.count == 1, let last = members.keys.first { return leaveAlone(last) }
        return release(user, now: now) + propose(now: now)
    }

    /// One member is left: its group is over (section 5.7, sole member).
    private mutating func leaveAlone(_ user: ID) -> [DeliveryMessage] {
        // Who never heard of anybody still has the group it began with.
        let isFresh = !isEstablished && transition == nil && members[user]?.told.isEmpty == true
        if isFresh {
            proposed = []
            return []
        }
        forget()
        return [.prepareEpoch(user, version: version), .prepareTransition(user, 0, version: version)]
    }

    /// Everything about the group is void; members must send new key packages.
    mutating func forget() {
        epoch = 0
        isEstablished = false
        leaves = [:]
        proposed = []
        transition = nil
        raced = nil
        for user in members.keys {
            members[user]?.package = nil
            members[user]?.lostAt = nil
            members[user]?.told = []
        }
    }

    /// The group starts anew with everybody (appendix D, safety net).
    mutating func restart() -> [DeliveryMessage] {
        counts.restarts += 1
        forget()
        return present.filter { members[$0]?.hasSender == true }.map { .prepareEpoch($0, version: version) }
    }

    /// Somebody without end-to-end encryption comes: the call goes down to version 0.
    private mutating func downgrade(now: Int64) -> [DeliveryMessage] {
        var messages = execute()
        forget()
        version = 0
        let able = present.filter { members[$0]?.maximumVersion ?? 0 > 0 }
        guard !able.isEmpty else { return messages }
        let id = begin(able, now: now)
        messages += able.map { .prepareTransition($0, id, version: 0) }
        return messages
    }

    /// The last one without end-to-end encryption left: the call goes up to version 1.
    private mutating func upgrade() -> [DeliveryMessage] {
        var messages = execute()
        forget()
        version = 1
        for user in present {
            messages.append(.prepareEpoch(user, version: 1))
            // A session must exist before the external sender may come; it does from opcode 24 on.
            if members[user]?.hasSender != true { messages.append(introduceSender(to: user)) }
            if members.count == 1 { messages.append(.prepareTransition(user, 0, version: 1)) }
        }
        return messages
    }

    /// A user id as credentials hold it.
    static func big(_ user: ID) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: user >> (56 - 8 * $0)) } }
}
