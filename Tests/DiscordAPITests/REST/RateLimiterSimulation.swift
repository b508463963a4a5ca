import DiscordAPI
import TestSupport

/// Runs the limiter against the model server on a clock that only the simulation moves.
struct RateLimiterSimulation {
    struct Result {
        var finished = 0.0
        var sent = 0
        var refusals = 0
        /// Refusals of requests whose bucket had told its numbers before they were sent.
        var avoidable: [String] = []
        var refusedLocally = 0
    }

    private enum Event {
        case ask(Int)
        case arrive(Int)
        case answer(Int, RateLimitAnswer)
    }

    private struct Entry {
        var time: Double
        var order: Int
        var event: Event
    }

    private struct Flight {
        var permit: RateLimiter.Permit
        var bucket: String
        var sent: Double
        var arrived = Double.infinity
        var wasKnown: Bool
    }

    var server: ModelServer
    var limiter = RateLimiter()
    var random: SeededRandom
    /// One-way latencies in seconds.
    var latency: ClosedRange<Double>
    var deadline = Duration.seconds(100_000)
    private var agenda: [Entry] = []
    private var order = 0
    private var now = 0.0

    init(server: ModelServer, seed: UInt64, latency: ClosedRange<Double>) {
        self.server = server
        random = SeededRandom(seed: seed)
        self.latency = latency
    }

    /// Sends all requests, each asked for at its time, and waits for all answers.
    mutating func run(_ requests: [(time: Double, route: RateLimitRoute)]) -> Result {
        var result = Result()
        var flights: [Int: Flight] = [:]
        var unknownFlights: [String: [(from: Double, to: Double)]] = [:]
        var suspects: [(bucket: String, from: Double, to: Double, what: String)] = []
        var learntRoutes: Set<String> = []
        var learntBuckets: Set<String> = []
        for (index, request) in requests.enumerated() { plan(.ask(index), at: request.time) }
        var since: [Int: Duration] = [:]
        while true {
            // A nanosecond more, so that rounding never stops short of the moment.
            let wake = limiter.nextWake().map { $0 / .seconds(1) + 1e-9 }
            var actions: [RateLimiter.Action] = []
            if let first = agenda.first, first.time <= wake ?? .infinity {
                pop()
                now = max(now, first.time)
                switch first.event {
                case .ask(let index):
                    let asked = since[index] ?? .seconds(now)
                    since[index] = asked
                    actions = limiter.enqueue(
                        UInt64(index), requests[index].route, priority: .userVisible, deadline: deadline, since: asked,
                        now: .seconds(now))
                case .arrive(let index):
                    flights[index]?.arrived = now
                    let answer = server.receive(requests[index].route, at: now)
                    plan(.answer(index, answer), at: now + trip())
                case .answer(let index, let answer):
                    guard let flight = flights.removeValue(forKey: index) else { continue }
                    let route = requests[index].route
                    if !flight.wasKnown { unknownFlights[flight.bucket, default: []].append((flight.sent, now)) }
                    if answer.status == 429 {
                        result.refusals += 1
                        let what = "\(route.name) \(route.major) at \(flight.sent): \(answer)"
                        if answer.scope == .global {
                            result.avoidable.append("global: \(what)")
                        } else if flight.wasKnown {
                            suspects.append((flight.bucket, flight.sent, flight.arrived, what))
                        }
                        plan(.ask(index), at: now)
                    } else {
                        result.finished = max(result.finished, now)
                    }
                    if let hash = answer.bucket {
                        learntRoutes.insert(route.name)
                        learntBuckets.insert("\(hash)/\(route.major)")
                    }
                    actions = limiter.settle(flight.permit, .answered(answer), now: .seconds(now))
                }
            } else if let wake, limiter.waitingCount > 0 || !flights.isEmpty || !agenda.isEmpty {
                now = max(now, wake)
                actions = limiter.tick(now: .seconds(now))
            } else {
                break
            }
            for action in actions {
                switch action {
                case .grant(let request, let permit):
                    let index = Int(request)
                    let route = requests[index].route
                    let bucket = "\(server.limits[route.name]?.hash ?? route.name)/\(route.major)"
                    result.sent += 1
                    flights[index] = Flight(
                        permit: permit, bucket: bucket, sent: now,
                        wasKnown: learntRoutes.contains(route.name) && learntBuckets.contains(bucket))
                    plan(.arrive(index), at: now + trip())
                case .refuse: result.refusedLocally += 1
                }
            }
        }
        // A request of a route whose bucket nobody knew may have taken a token from a known bucket meanwhile.
        for suspect in suspects {
            let excuses = unknownFlights[suspect.bucket] ?? []
            if !excuses.contains(where: { $0.from <= suspect.to && suspect.from <= $0.to }) {
                result.avoidable.append(suspect.what)
            }
        }
        return result
    }

    private mutating func trip() -> Double {
        Double.random(in: latency, using: &random)
    }

    // A binary heap by time and order.
    private mutating func plan(_ event: Event, at time: Double) {
        order += 1
        agenda.append(Entry(time: time, order: order, event: event))
        var child = agenda.count - 1
        while child > 0, isBefore(child, (child - 1) / 2) {
            agenda.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func pop() {
        guard let last = agenda.popLast(), !agenda.isEmpty else { return }
        agenda[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < agenda.count && isBefore(child, least) {
                least = child
            }
            guard least != parent else { return }
            agenda.swapAt(parent, least)
            parent = least
        }
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        (agenda[left].time, agenda[left].order) < (agenda[right].time, agenda[right].order)
    }
}
