/// Small simulations of several policies on a sample of the requests, side by side, and which of them to follow.
///
/// A key belongs to the sample when its hash is below a threshold (SHARDS, Waldspurger et al., FAST 2015), and the
/// simulated caches are smaller by the same factor, so that their hit ratios are about those of whole caches. A challenger
/// takes over when the requests that only it answered outnumber those that only the leader answered by more than chance
/// would (McNemar's test), over a memory that is halved again and again.
struct PolicyTournament: Sendable {
    /// One simulated cache.
    private struct Contestant: Sendable {
        let policy: CachePolicy
        var replacement: Replacement
        var count = 0
        /// Requests only this one answered less those only the leader answered, halved from time to time.
        var gain = 0
        /// Requests one of the two answered.
        var disagreements = 0
        var hits: UInt64 = 0
    }

    /// The policies that compete.
    static let policies: [CachePolicy] = [
        .windowTinyLFU(windowPercent: 1), .windowTinyLFU(windowPercent: 20), .windowTinyLFU(windowPercent: 60), .lru,
        .s3FIFO, .arc,
    ]

    private var contestants: [Contestant]
    private(set) var leader = 0
    private let threshold: UInt32
    private let capacity: Int
    private let halving: Int
    private var sinceHalving = 0
    private var index = HashIndex()
    private var hashes: ContiguousArray<UInt64> = []
    private var members: ContiguousArray<UInt8> = []
    private var free: ContiguousArray<Slot> = []
    private var sketch = FrequencySketch()
    private var requests: UInt64 = 0

    /// A tournament for a cache of `entries`.
    init(entries: Int, minimum: Int = 96, share: Int = 16, maximum: Int = 4096, memory: Int = 20) {
        capacity = min(entries, max(minimum, min(maximum, entries / share)))
        let rate = Double(capacity) / Double(max(1, entries))
        threshold = rate >= 1 ? .max : UInt32(rate * 4_294_967_296)
        halving = max(200, capacity * memory)
        contestants = Self.policies.map { Contestant(policy: $0, replacement: Replacement($0)) }
        sketch.ensureCapacity(capacity)
    }

    /// The share of the sampled requests that each policy answered.
    var hitRatios: [(policy: CachePolicy, ratio: Double)] {
        contestants.map { ($0.policy, requests == 0 ? 0 : Double($0.hits) / Double(requests)) }
    }

    /// Whether requests for this key are part of the sample.
    @inline(__always)
    func samples(_ hash: UInt64) -> Bool { UInt32(truncatingIfNeeded: hash >> 32) <= threshold }

    /// Plays a request of the sample; returns the policy to follow when that changes.
    mutating func play(_ hash: UInt64) -> CachePolicy? {
        requests += 1
        sketch.increment(hash)
        let slot = index.first(hash) ?? place(hash)
        let before = members[Int(slot)]
        var after = before
        for number in contestants.indices {
            let bit: UInt8 = 1 << UInt8(number)
            if before & bit != 0 {
                contestants[number].replacement.hit(slot)
                contestants[number].hits += 1
            } else {
                contestants[number].replacement.insert(slot, hash: hash)
                contestants[number].count += 1
                after |= bit
                members[Int(slot)] = after
                if contestants[number].count > capacity {
                    let victim = contestants[number].replacement.victim(hashes, sketch)
                    contestants[number].count -= 1
                    members[Int(victim)] &= ~bit
                    if victim == slot { after &= ~bit } else if members[Int(victim)] == 0 { release(victim) }
                }
            }
        }
        if after == 0 { release(slot) }
        return judge(before)
    }

    private mutating func judge(_ answered: UInt8) -> CachePolicy? {
        let leaderHit = (answered >> UInt8(leader)) & 1
        var best = leader
        var bestScore = 0.0
        for number in contestants.indices where number != leader {
            let hit = (answered >> UInt8(number)) & 1
            guard hit != leaderHit else { continue }
            contestants[number].disagreements += 1
            contestants[number].gain += hit == 1 ? 1 : -1
            let score = Self.score(contestants[number].gain, contestants[number].disagreements)
            if score > bestScore {
                best = number
                bestScore = score
            }
        }
        sinceHalving += 1
        if sinceHalving >= halving {
            sinceHalving = 0
            for number in contestants.indices {
                contestants[number].gain /= 2
                contestants[number].disagreements /= 2
            }
        }
        guard best != leader else { return nil }
        // Gains are against the leader: seen from the new one they change by its own.
        let shift = contestants[best].gain
        for number in contestants.indices {
            contestants[number].gain -= shift
            contestants[number].disagreements = max(abs(contestants[number].gain), contestants[number].disagreements)
        }
        contestants[best].gain = 0
        leader = best
        return contestants[best].policy
    }

    /// By how much a lead is more than chance: above zero is enough to follow.
    private static func score(_ gain: Int, _ disagreements: Int) -> Double {
        guard gain > 5 else { return 0 }
        return Double(gain) - 2.5 * Double(disagreements).squareRoot()
    }

    private mutating func place(_ hash: UInt64) -> Slot {
        let slot: Slot
        if let used = free.popLast() {
            slot = used
            hashes[Int(slot)] = hash
            members[Int(slot)] = 0
        } else {
            slot = Slot(hashes.count)
            hashes.append(hash)
            members.append(0)
            for number in contestants.indices { contestants[number].replacement.grow(to: hashes.count) }
        }
        index.insert(hash, slot)
        return slot
    }

    private mutating func release(_ slot: Slot) {
        index.remove(hashes[Int(slot)], slot)
        free.append(slot)
    }
}
