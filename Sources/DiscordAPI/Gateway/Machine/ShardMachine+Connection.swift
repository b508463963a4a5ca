import DiscordModel
import ServiceKit

/// Connecting, leaving and coming back.
extension ShardMachine {
    /// Opens a connection: to resume at once, to identify after permission.
    mutating func connect(now: Duration, _ actions: inout [Action]) {
        if let session {
            // An address that cannot be reached three times in a row is given up for the first one.
            let base = failedOpens < 3 ? GatewayURL.resume(session.resumeURL, first: url) : url
            open(base, now: now, &actions)
        } else {
            state = .awaitingPermit
            actions.append(.requestPermit)
        }
    }

    mutating func permitGranted(now: Duration, _ actions: inout [Action]) {
        guard state == .awaitingPermit else {
            actions.append(.releasePermit(used: false))
            return
        }
        holdsPermit = true
        open(url, now: now, &actions)
    }

    private mutating func open(_ base: String, now: Duration, _ actions: inout [Action]) {
        budget = SendBudget()
        interval = nil
        nextBeat = nil
        lastBeat = nil
        nextPending = nil
        isAcknowledged = true
        isDeliveryBlocked = false
        malformedFrames = 0
        readySince = nil
        state = .connecting(until: now + .seconds(30))
        actions.append(.open(url: GatewayURL.connection(to: base, compression: compression)))
    }

    /// Leaves the connection with a code that keeps the session, and comes back after a while.
    mutating func reconnect(
        now: Duration, after delay: ClosedRange<Double>? = nil, _ actions: inout [Action]
    ) {
        actions.append(.close(code: 4000))
        retry(now: now, after: delay, &actions)
    }

    /// Plans the next connection; the one before is gone.
    mutating func retry(now: Duration, after delay: ClosedRange<Double>? = nil, _ actions: inout [Action]) {
        returnPermit(&actions)
        if let readySince, now - readySince >= .seconds(30) { backoff.reset() }
        let stood = readySince != nil
        readySince = nil
        nextBeat = nil
        nextPending = nil
        reconnects += 1
        var wait = nextBackoff()
        // Where the last resume went well, the next costs Discord little, and people wait for answers.
        if stood, session != nil { wait = min(wait, Self.longestWaitForResume) }
        if let delay { wait = max(wait, .seconds(randomSeconds(in: delay))) }
        state = .waiting(until: now + wait)
    }

    mutating func closed(_ code: GatewayCloseCode, now: Duration, _ actions: inout [Action]) {
        switch state {
        case .connecting, .awaitingHello, .identifying, .resuming, .ready: break
        case .stopped, .waiting, .awaitingPermit: return
        }
        switch code.recovery {
        case .resume: retry(now: now, &actions)
        case .identify:
            dropSession(&actions)
            retry(now: now, &actions)
        case .stop:
            dropSession(&actions)
            returnPermit(&actions)
            state = .stopped
            nextBeat = nil
            actions.append(.fail(.closed(code)))
        }
    }

    mutating func stop(_ actions: inout [Action]) {
        guard state != .stopped else { return }
        returnPermit(&actions)
        switch state {
        case .connecting, .awaitingHello, .identifying, .resuming, .ready: actions.append(.close(code: 1000))
        case .stopped, .waiting, .awaitingPermit: break
        }
        state = .stopped
        nextBeat = nil
        pending = []
        dropSession(&actions)
    }

    mutating func passTime(now: Duration, _ actions: inout [Action]) {
        switch state {
        case .stopped, .awaitingPermit: return
        case .waiting(let until):
            if now >= until { connect(now: now, &actions) }
            return
        case .connecting(let until):
            guard now >= until else { return }
            failedOpens += 1
            reconnect(now: now, &actions)
            return
        case .awaitingHello(let until):
            if now >= until { reconnect(now: now, &actions) }
            return
        case .identifying(let until), .resuming(let until):
            if now >= until, !isDeliveryBlocked {
                actions.append(.note("Discord did not answer the start of the session; connecting again"))
                dropSession(&actions)
                reconnect(now: now, &actions)
                return
            }
        case .ready: break
        }
        beatIfDue(now: now, &actions)
        if state == .ready, let nextPending, now >= nextPending { flush(now: now, &actions) }
    }

    mutating func dropSession(_ actions: inout [Action]) {
        guard session != nil else { return }
        session = nil
        actions.append(.sessionChanged(nil))
    }

    private mutating func returnPermit(_ actions: inout [Action]) {
        guard holdsPermit else { return }
        holdsPermit = false
        actions.append(.releasePermit(used: false))
    }

    private static var longestWaitForResume: Duration { .seconds(5) }

    private mutating func nextBackoff() -> Duration {
        var generator = AnyGenerator(base: random)
        defer { random = generator.base }
        return backoff.next(using: &generator)
    }

    mutating func randomSeconds(in range: ClosedRange<Double>) -> Double {
        var generator = AnyGenerator(base: random)
        defer { random = generator.base }
        return Double.random(in: range, using: &generator)
    }
}

/// Lets generic code draw from a boxed generator.
private struct AnyGenerator: RandomNumberGenerator {
    var base: any RandomNumberGenerator & Sendable
    mutating func next() -> UInt64 { base.next() }
}
