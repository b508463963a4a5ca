extension DeliveryService {
    /// Opcode 23: somebody is ready.
    mutating func ready(_ user: ID, _ transition: UInt16, now: Int64) -> [DeliveryMessage] {
        guard self.transition?.id == transition, !faults.deafTo.contains(user) else { return [] }
        return release(user, now: now)
    }

    /// Nobody waits for a member any more; the transition may be over with that.
    mutating func release(_ user: ID, now: Int64) -> [DeliveryMessage] {
        transition?.waiting.remove(user)
        guard transition?.waiting.isEmpty == true else { return [] }
        return execute() + propose(now: now)
    }

    /// Opcode 22 to all who got ready, and to those who did not.
    mutating func execute() -> [DeliveryMessage] {
        guard let over = transition else { return [] }
        transition = nil
        if faults.take(\.withheldExecute) { return [] }
        return over.members.filter { members[$0] != nil && members[$0]?.lostAt == nil }.map {
            .executeTransition($0, over.id)
        }
    }

    /// Time passed.
    mutating func tick(now: Int64) -> [DeliveryMessage] {
        var messages: [DeliveryMessage] = []
        if let waiting = transition, now >= waiting.deadline {
            counts.timeouts += 1
            messages += execute()
        }
        if let first = raced, now - first.at >= rules.raceWait { messages += adopt(first.commit, now: now) }
        if !proposed.isEmpty, transition == nil, now - proposedAt >= rules.commitWait,
            members.values.contains(where: { !$0.told.isEmpty })
        {
            return messages + restart()
        }
        return messages + propose(now: now)
    }

    /// What tests and the page see: version, epoch, members, what is in flight, and counts.
    var json: JSON {
        let people = present.map { user -> JSON in
            let member = members[user]
            return [
                "user_id": .id(user), "max_version": .number(member?.maximumVersion ?? 0),
                "leaf": leaves[user].map { .number($0) } ?? .null, "in_group": .bool(follows(user)),
                "has_key_package": .bool(member?.package != nil), "lost": .bool(member?.lostAt != nil),
            ]
        }
        return [
            "channel_id": .id(channel), "version": .number(version), "epoch": .number(epoch),
            "established": .bool(isEstablished), "members": .array(people), "proposals": .number(proposed.count),
            "transition": transition.map {
                ["id": .number($0.id), "waiting": .ids($0.waiting.sorted())]
            } ?? .null,
            "settled": .bool(isSettled), "counts": counts.json,
        ]
    }

    /// Whether everybody who can be in the group is in it, and nothing is in flight.
    var isSettled: Bool {
        guard version > 0, transition == nil else { return transition == nil }
        if members.count == 1 { return !isEstablished && members.values.allSatisfy { $0.package != nil } }
        return proposed.isEmpty && members.keys.allSatisfy { follows($0) }
    }
}

extension DeliveryCounts {
    var json: JSON {
        [
            "commits": .number(commits), "dropped_commits": .number(droppedCommits), "welcomes": .number(welcomes),
            "refused_packages": .number(refusedPackages), "invalid": .number(invalid), "timeouts": .number(timeouts),
            "restarts": .number(restarts),
        ]
    }
}
