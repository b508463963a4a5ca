extension RateLimiter {
    /// Takes a permit back with what became of its request.
    public mutating func settle(_ permit: Permit, _ outcome: Outcome, now: Duration) -> [Action] {
        guard let flight = flights.removeValue(forKey: permit.id), var lane = lanes[flight.lane] else { return [] }
        lane.inFlight -= 1
        lane.lastUse = now
        lanes[flight.lane] = lane
        buckets[lane.bucket]?.window.inFlight -= 1
        var actions: [Action] = []
        switch outcome {
        case .notSent: budget.refund(permit.id)
        case .lost:
            budget.settle(permit.id, shortestTrip: trips.shortest(now), now)
            let known = knowledge(of: lane.bucket)
            buckets[lane.bucket]?.window.noteUncertain(now, known)
        case .answered(let answer):
            trips.note(now - flight.sent, now)
            budget.settle(permit.id, shortestTrip: trips.shortest(now), now)
            take(answer, flight, lane.route, now, &actions)
        }
        if let bucket = lanes[flight.lane]?.bucket { pump(bucket, now, &actions) }
        pumpGlobal(now, &actions)
        return actions + tick(now: now)
    }

    private mutating func take(
        _ answer: RateLimitAnswer, _ flight: Flight, _ route: RateLimitRoute, _ now: Duration, _ actions: inout [Action]
    ) {
        let isRefused = answer.status == 429
        if [401, 403].contains(answer.status) || isRefused && answer.scope != .shared { invalidRequests.note(now) }
        if answer.status == 401 && !route.isInteraction { tokenRejectedUntil = now + .seconds(600) }
        if answer.isWebhookGone, !route.major.isEmpty, goneWebhooks.count < 10_000 {
            goneWebhooks[route.major] = now + .seconds(3600)
        }
        if answer.isFromShield {
            hostPause = max(hostPause, now + (answer.retryAfter ?? .seconds(60)))
            timers.insert(.everything, at: hostPause)
            return
        }
        bind(answer, flight.lane)
        let wait = (answer.retryAfter ?? .seconds(1)) + .milliseconds(2)
        switch answer.scope {
        case .global where isRefused:
            globalPause = max(globalPause, now + wait)
        case .shared where isRefused:
            pause(flight.lane, until: now + wait, now, &actions)
        case .user where isRefused && isHidden(answer):
            pause(flight.lane, until: now + wait, now, &actions)
            if answer.remaining != nil { count(answer, flight, now) }
        default: count(answer, flight, now)
        }
    }

    /// Whether a refusal comes from a limit that the headers do not show: there are tokens left, or no numbers, or the
    /// window ends long before the wait.
    private func isHidden(_ answer: RateLimitAnswer) -> Bool {
        guard let remaining = answer.remaining, let resetAfter = answer.resetAfter else { return true }
        return remaining > 0 || (answer.retryAfter ?? .zero) > resetAfter + .seconds(1)
    }

    /// Learns which bucket a lane draws from.
    private mutating func bind(_ answer: RateLimitAnswer, _ key: LaneKey) {
        if let hash = answer.bucket, hash.utf8.count <= 256 {
            if hashOfRoute.count < 10_000 || hashOfRoute[key.name] != nil { hashOfRoute[key.name] = hash }
            unlimitedRoutes.remove(key.name)
            move(key, to: .known(hash: hash, major: key.major))
        } else if answer.status < 300, answer.limit == nil, case .unknown = lanes[key]?.bucket {
            if unlimitedRoutes.count < 10_000 { unlimitedRoutes.insert(key.name) }
            move(key, to: .unlimited(key))
        }
    }

    /// Counts an answer in its bucket.
    private mutating func count(_ answer: RateLimitAnswer, _ flight: Flight, _ now: Duration) {
        guard let key = lanes[flight.lane]?.bucket else { return }
        var known = knowledge(of: key)
        let trip = now - flight.sent
        let shortest = trips.shortest(now)
        if answer.status == 429 && answer.remaining == 0 {
            buckets[key]?.window.refuse(answer, roundTrip: trip, shortestTrip: shortest, now: now, &known)
        } else {
            buckets[key]?.window.receive(answer, roundTrip: trip, shortestTrip: shortest, now: now, &known)
        }
        if case .known(let hash, _) = key { knowledge[hash] = known }
    }

    /// Stops one lane, telling those at once who cannot wait that long.
    private mutating func pause(_ key: LaneKey, until end: Duration, _ now: Duration, _ actions: inout [Action]) {
        guard let lane = lanes[key] else { return }
        lanes[key]?.pausedUntil = max(lane.pausedUntil, end)
        timers.insert(.lane(key), at: end)
        for request in waiting.values where request.lane == key && request.deadline < end {
            forget(request.id)
            actions.append(.refuse(request: request.id, .rateLimited(retryAfter: end - now)))
        }
    }
}

/// The shortest round trip of the last minutes; zero until one is known.
struct ShortestTrip: Sendable {
    private var current: (start: Duration, shortest: Duration)?
    private var previous: Duration?

    private static let period = Duration.seconds(300)

    /// Notes one round trip.
    mutating func note(_ trip: Duration, _ now: Duration) {
        guard let known = current, known.start + Self.period > now else {
            previous = current?.shortest
            current = (now, trip)
            return
        }
        current?.shortest = min(known.shortest, trip)
    }

    /// The shortest of the last five to ten minutes.
    func shortest(_ now: Duration) -> Duration {
        guard let current else { return .zero }
        return min(current.shortest, previous ?? current.shortest)
    }
}
