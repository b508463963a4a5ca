/// Decides which request may be sent when. A pure value: time comes in as an argument, what to do goes out as actions.
///
/// A request waits in the lane of its route and major parameter. Lanes draw from buckets; until an answer names the bucket,
/// each lane has one of its own and sends one request at a time. A request gets its bucket token and its global token
/// together or neither. The permit comes back with the answer (`settle`), which counts what the server counted.
public struct RateLimiter: Sendable {
    /// What the owner has to do.
    public enum Action: Sendable {
        /// Send the request now and bring the permit back.
        case grant(request: UInt64, permit: Permit)
        /// Tell the requester that it is not sent.
        case refuse(request: UInt64, DiscordError)
    }

    /// The right to send one request once.
    public struct Permit: Sendable, Hashable {
        let id: UInt64
    }

    /// What became of a permitted request.
    public enum Outcome: Sendable {
        /// The server answered.
        case answered(RateLimitAnswer)
        /// No answer came, but the server may have counted it.
        case lost
        /// It never left.
        case notSent
    }

    struct LaneKey: Hashable, Sendable {
        var name: String
        var major: String
    }

    enum BucketKey: Hashable, Sendable {
        case unknown(LaneKey)
        case unlimited(LaneKey)
        case known(hash: String, major: String)
    }

    struct Waiting: Sendable {
        var id: UInt64
        var lane: LaneKey
        var priority: RequestPriority
        var order: Duration
        var deadline: Duration
    }

    struct Lane: Sendable {
        var route: RateLimitRoute
        var bucket: BucketKey
        var queues = RequestPriority.allCases.map { _ in FIFO<UInt64>() }
        var waitingCount = 0
        var inFlight = 0
        var pausedUntil = Duration.zero
        var lastUse: Duration
    }

    struct Bucket: Sendable {
        var window = RateLimitWindow()
        var lanes: [LaneKey] = []
        var timer: Duration?
        /// The order under which the bucket waits for a global token.
        var globalOrder: Duration?
    }

    struct Flight: Sendable {
        var lane: LaneKey
        var sent: Duration
    }

    enum Event: Sendable {
        case bucket(BucketKey)
        case lane(LaneKey)
        case global
        case everything
        case deadline(UInt64)
        case collect
    }

    var lanes: [LaneKey: Lane] = [:]
    var buckets: [BucketKey: Bucket] = [:]
    var hashOfRoute: [String: String] = [:]
    var unlimitedRoutes: Set<String> = []
    var knowledge: [String: RateLimitWindow.Knowledge] = [:]
    var waiting: [UInt64: Waiting] = [:]
    var flights: [UInt64: Flight] = [:]
    var timers = TimerHeap<Event>()
    var globalTimer: Duration?
    var isCollecting = false
    /// Buckets whose first request has its bucket token and needs a global one, by the order of that request.
    var globalWaiters = TimerHeap<BucketKey>()
    var budget: GlobalBudget
    var invalidRequests = InvalidRequestGuard()
    var trips = ShortestTrip()
    var globalPause = Duration.zero
    var hostPause = Duration.zero
    /// A rejected token is not tried again before this: it stays rejected, but a fault of Discord's passes.
    var tokenRejectedUntil = Duration.zero
    var goneWebhooks: [String: Duration] = [:]
    var nextPermit: UInt64 = 0
    let maximumWaiting: Int

    /// Idle buckets are forgotten after this long.
    static let idleTime = Duration.seconds(60)

    /// A limiter that knows nothing yet.
    public init(globalLimit: Int = 50, maximumWaiting: Int = 20_000) {
        budget = GlobalBudget(limit: max(1, globalLimit))
        self.maximumWaiting = maximumWaiting
    }

    /// How many requests wait.
    public var waitingCount: Int { waiting.count }

    /// How many routes with their major parameters are remembered.
    public var laneCount: Int { lanes.count }

    /// Puts a request into its queue. `since` is when it first asked, for one that comes back after a refusal.
    public mutating func enqueue(
        _ request: UInt64, _ route: RateLimitRoute, priority: RequestPriority, deadline: Duration,
        since: Duration? = nil, now: Duration
    ) -> [Action] {
        if let error = objection(to: route, priority, now) { return [.refuse(request: request, error)] }
        guard waiting.count < maximumWaiting else { return [.refuse(request: request, .queueFull)] }
        let key = LaneKey(name: route.name, major: route.major)
        if lanes[key] == nil { open(route, key, now) }
        guard var lane = lanes[key] else { return [] }
        let pause = max(lane.pausedUntil, hostPause, route.isInteraction ? .zero : globalPause)
        guard pause <= deadline else { return [.refuse(request: request, .rateLimited(retryAfter: pause - now))] }
        lane.queues[priority.rawValue].append(request)
        lane.waitingCount += 1
        lane.lastUse = now
        lanes[key] = lane
        waiting[request] = Waiting(
            id: request, lane: key, priority: priority, order: (since ?? now) + priority.handicap, deadline: deadline)
        timers.insert(.deadline(request), at: deadline)
        var actions: [Action] = []
        pump(lane.bucket, now, &actions)
        return actions + tick(now: now)
    }

    /// Forgets a request that still waits.
    public mutating func cancel(_ request: UInt64) {
        forget(request)
    }

    /// Does what became due.
    public mutating func tick(now: Duration) -> [Action] {
        var actions: [Action] = []
        while let (time, event) = timers.first, time <= now {
            timers.removeFirst()
            switch event {
            case .bucket(let key):
                if buckets[key]?.timer == time { buckets[key]?.timer = nil }
                pump(key, now, &actions)
            case .lane(let key):
                if let bucket = lanes[key]?.bucket { pump(bucket, now, &actions) }
            case .global:
                if globalTimer == time { globalTimer = nil }
                pumpGlobal(now, &actions)
            case .everything:
                for key in Array(buckets.keys) { pump(key, now, &actions) }
            case .deadline(let request):
                if waiting[request] != nil {
                    forget(request)
                    actions.append(.refuse(request: request, .deadlinePassed))
                }
            case .collect: collect(now)
            }
        }
        return actions
    }

    /// When `tick` has something to do, if nothing else happens before.
    public mutating func nextWake() -> Duration? {
        while let (time, event) = timers.first {
            guard case .deadline(let request) = event, waiting[request] == nil else { return time }
            timers.removeFirst()
        }
        return nil
    }

    /// Why a request is not to be sent at all.
    private mutating func objection(
        to route: RateLimitRoute, _ priority: RequestPriority, _ now: Duration
    ) -> DiscordError? {
        if now < tokenRejectedUntil && !route.isInteraction { return .tokenRejected }
        if let wait = invalidRequests.wait(for: priority, isInteraction: route.isInteraction, now) {
            return .tooManyInvalidRequests(retryAfter: wait)
        }
        if !route.major.isEmpty, let end = goneWebhooks[route.major], end > now { return .webhookGone }
        return nil
    }

    /// Removes a request from those that wait; its queue drops it when its turn comes.
    mutating func forget(_ request: UInt64) {
        guard let known = waiting.removeValue(forKey: request) else { return }
        lanes[known.lane]?.waitingCount -= 1
    }

    // MARK: Lanes and buckets

    private mutating func open(_ route: RateLimitRoute, _ key: LaneKey, _ now: Duration) {
        let bucket: BucketKey =
            if let hash = hashOfRoute[route.name] {
                .known(hash: hash, major: route.major)
            } else if unlimitedRoutes.contains(route.name) {
                .unlimited(key)
            } else {
                .unknown(key)
            }
        lanes[key] = Lane(route: route, bucket: bucket, lastUse: now)
        buckets[bucket, default: Bucket()].lanes.append(key)
        if !isCollecting {
            isCollecting = true
            timers.insert(.collect, at: now + Self.idleTime)
        }
    }

    /// Moves a lane with its requests in flight to the bucket an answer named.
    mutating func move(_ key: LaneKey, to bucket: BucketKey) {
        guard let lane = lanes[key], lane.bucket != bucket else { return }
        buckets[lane.bucket]?.lanes.removeAll { $0 == key }
        buckets[lane.bucket]?.window.inFlight -= lane.inFlight
        if buckets[lane.bucket]?.lanes.isEmpty == true {
            if case .known = lane.bucket {} else { buckets[lane.bucket] = nil }
        }
        buckets[bucket, default: Bucket()].lanes.append(key)
        buckets[bucket]?.window.inFlight += lane.inFlight
        lanes[key]?.bucket = bucket
    }

    /// Forgets lanes and buckets that nobody has used for a while and whose windows are over.
    private mutating func collect(_ now: Duration) {
        goneWebhooks = goneWebhooks.filter { $0.value > now }
        for (key, lane) in lanes {
            guard lane.waitingCount == 0, lane.inFlight == 0, lane.pausedUntil <= now,
                lane.lastUse + Self.idleTime <= now
            else { continue }
            lanes[key] = nil
            buckets[lane.bucket]?.lanes.removeAll { $0 == key }
        }
        buckets = buckets.filter { !$0.value.lanes.isEmpty || !$0.value.window.isOver(now) }
        let used = Set(hashOfRoute.values)
        knowledge = knowledge.filter { used.contains($0.key) }
        isCollecting = !lanes.isEmpty || !buckets.isEmpty
        if isCollecting { timers.insert(.collect, at: now + Self.idleTime) }
    }

    // MARK: Granting

    /// Sends what the bucket allows.
    mutating func pump(_ key: BucketKey, _ now: Duration, _ actions: inout [Action]) {
        while let candidate = candidate(in: key, now, &actions) {
            if needsGlobalToken(candidate) {
                waitForGlobal(key, candidate.order)
                return pumpGlobal(now, &actions)
            }
            grant(candidate, now, &actions)
        }
    }

    /// Hands global tokens to the buckets that wait for one, in the order of their first requests.
    mutating func pumpGlobal(_ now: Duration, _ actions: inout [Action]) {
        var heldBack: [(key: BucketKey, order: Duration)] = []
        while let (order, key) = globalWaiters.first {
            guard buckets[key]?.globalOrder == order else {
                globalWaiters.removeFirst()
                continue
            }
            guard globalPause <= now else {
                scheduleGlobal(globalPause)
                break
            }
            guard budget.hasRoom(for: .userVisible, now) else {
                scheduleGlobal(budget.nextRelease())
                break
            }
            globalWaiters.removeFirst()
            buckets[key]?.globalOrder = nil
            guard let candidate = candidate(in: key, now, &actions) else { continue }
            if candidate.priority == .background, !budget.hasRoom(for: .background, now) {
                heldBack.append((key, candidate.order))
                continue
            }
            if candidate.order <= order || !needsGlobalToken(candidate) { grant(candidate, now, &actions) }
            if let next = self.candidate(in: key, now, &actions) { waitForGlobal(key, next.order) }
        }
        for entry in heldBack { waitForGlobal(entry.key, entry.order) }
        if !heldBack.isEmpty { scheduleGlobal(budget.nextRelease()) }
    }

    private mutating func waitForGlobal(_ key: BucketKey, _ order: Duration) {
        guard let bucket = buckets[key], bucket.globalOrder.map({ $0 > order }) ?? true else { return }
        buckets[key]?.globalOrder = order
        globalWaiters.insert(key, at: order)
    }

    /// The request whose turn it is in a bucket, if the bucket allows one now; else a timer is set.
    private mutating func candidate(in key: BucketKey, _ now: Duration, _ actions: inout [Action]) -> Waiting? {
        if case .unknown(let lane) = key, let hash = hashOfRoute[lane.name], lanes[lane]?.inFlight == 0 {
            // Another channel's answer has named the bucket of this route meanwhile.
            move(lane, to: .known(hash: hash, major: lane.major))
            timers.insert(.lane(lane), at: now)
            return nil
        }
        guard let bucket = buckets[key] else { return nil }
        var best: Waiting?
        for lane in bucket.lanes {
            guard let first = first(of: lane, now, &actions) else { continue }
            if best.map({ ($0.order, $0.id) > (first.order, first.id) }) ?? true { best = first }
        }
        guard let best else { return nil }
        if case .unlimited = key { return best }
        let known = knowledge(of: key)
        guard bucket.window.available(now, known) > 0 else {
            if let next = bucket.window.nextChange(now, known), bucket.timer.map({ $0 > next || $0 <= now }) ?? true {
                buckets[key]?.timer = next
                timers.insert(.bucket(key), at: next)
            }
            return nil
        }
        return best
    }

    /// The most urgent request of a lane that is not paused.
    private mutating func first(of key: LaneKey, _ now: Duration, _ actions: inout [Action]) -> Waiting? {
        guard let lane = lanes[key], lane.waitingCount > 0, lane.pausedUntil <= now, hostPause <= now else {
            return nil
        }
        var best: Waiting?
        for priority in RequestPriority.allCases {
            while let id = lanes[key]?.queues[priority.rawValue].first {
                guard let request = waiting[id] else {
                    lanes[key]?.queues[priority.rawValue].removeFirst()
                    continue
                }
                if let error = objection(to: lane.route, priority, now) {
                    forget(id)
                    actions.append(.refuse(request: id, error))
                    continue
                }
                if best.map({ $0.order > request.order }) ?? true { best = request }
                break
            }
        }
        return best
    }

    private func needsGlobalToken(_ request: Waiting) -> Bool {
        lanes[request.lane]?.route.isInteraction == false
    }

    private mutating func grant(_ request: Waiting, _ now: Duration, _ actions: inout [Action]) {
        guard var lane = lanes[request.lane] else { return }
        waiting[request.id] = nil
        lane.queues[request.priority.rawValue].removeFirst()
        lane.waitingCount -= 1
        lane.inFlight += 1
        lane.lastUse = now
        lanes[request.lane] = lane
        buckets[lane.bucket]?.window.inFlight += 1
        nextPermit += 1
        if !lane.route.isInteraction { budget.take(nextPermit, now) }
        flights[nextPermit] = Flight(lane: request.lane, sent: now)
        actions.append(.grant(request: request.id, permit: Permit(id: nextPermit)))
    }

    private mutating func scheduleGlobal(_ time: Duration?) {
        guard let time, globalTimer.map({ $0 > time }) ?? true else { return }
        globalTimer = time
        timers.insert(.global, at: time)
    }

    func knowledge(of key: BucketKey) -> RateLimitWindow.Knowledge {
        guard case .known(let hash, _) = key else { return RateLimitWindow.Knowledge() }
        return knowledge[hash] ?? RateLimitWindow.Knowledge()
    }
}
