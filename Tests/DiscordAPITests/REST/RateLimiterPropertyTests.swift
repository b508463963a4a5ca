import DiscordAPI
import TestSupport
import Testing

/// The limiter against modelled servers with latency, on a moved clock.
@Suite(.timeLimit(.minutes(5))) struct RateLimiterPropertyTests {
    private static func server(_ random: inout SeededRandom, names: [String]) -> ModelServer {
        let hashes = (0..<max(1, names.count * 2 / 3)).map { index in
            ModelServer.Limit(
                hash: "hash\(index)", limit: Int.random(in: 1...20, using: &random),
                window: [0.25, 0.5, 1, 2, 5, 10].randomElement(using: &random) ?? 1,
                isSliding: Bool.random(using: &random))
        }
        var limits: [String: ModelServer.Limit] = [:]
        for name in names where Int.random(in: 0..<10, using: &random) > 0 {
            limits[name] = hashes.randomElement(using: &random)
        }
        return ModelServer(limits: limits)
    }

    @Test(arguments: [1, 2, 3, 4, 5, 6, 7, 8] as [UInt64])
    func noAvoidableRefusalIn5000RequestsOver200Routes(_ seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let names = (0..<40).map { "GET /route\($0)/{channel}" }
        let routes = names.flatMap { name in (0..<5).map { RateLimitRoute(name, major: "channel/\($0)") } }
        let server = Self.server(&random, names: names)
        // Half of them at once, the rest over a minute.
        let requests = (0..<5000).map { index in
            (
                time: index < 2500 ? 0 : Double.random(in: 0...60, using: &random),
                route: routes.randomElement(using: &random)!
            )
        }
        let bound = server.lowerBound(requests.map(\.route))
        var simulation = RateLimiterSimulation(
            server: server, seed: seed &* 77, latency: seed.isMultiple(of: 2) ? 0.05...0.05 : 0.02...0.12)
        let result = simulation.run(requests)
        #expect(result.avoidable == [])
        #expect(result.sent == 5000 + result.refusals)
        #expect(result.refusals <= names.count, "only probes may be refused")
        #expect(result.refusedLocally == 0)
        #expect(result.finished <= bound * 1.25 + 2, "bound \(bound)")
    }

    /// The scenarios of the measured comparison, with the factor to the lower bound that may not be exceeded.
    @Test(arguments: [
        (1, 20, 5, 5.0, false, 1.1), (20, 10, 5, 5.0, false, 1.25), (500, 1, 5, 5.0, false, 1.2),
        (1, 20, 1, 0.25, false, 1.4),
        (1, 30, 30, 30.0, false, 3.0), (10, 30, 10, 1.0, false, 1.2), (1, 6, 5, 5.0, true, 1.2),
        (1, 20, 5, 5.0, true, 1.05),
    ])
    func scenarios(_ channels: Int, _ each: Int, _ limit: Int, _ window: Double, _ isSliding: Bool, _ factor: Double) {
        let name = "POST /channels/{channel}/messages"
        let server = ModelServer(limits: [name: .init(hash: "h", limit: limit, window: window, isSliding: isSliding)])
        let requests = (0..<each).flatMap { _ in
            (0..<channels).map { (time: 0.0, route: RateLimitRoute(name, major: "channel/\($0)")) }
        }
        var simulation = RateLimiterSimulation(server: server, seed: 1, latency: 0.05...0.05)
        let result = simulation.run(requests)
        #expect(result.avoidable == [])
        let bound = server.lowerBound(requests.map(\.route)) + 0.1
        #expect(result.finished <= bound * factor)
    }

    @Test func interactionsPassTheGlobalLimit() {
        let server = ModelServer(limits: [:])
        let routes =
            (0..<300).map { RateLimitRoute("POST /interactions", major: "\($0)", isInteraction: true) }
            + (0..<200).map { RateLimitRoute("GET /x", major: "\($0)") }
        var simulation = RateLimiterSimulation(server: server, seed: 1, latency: 0.05...0.05)
        let interactions = simulation.run(routes.prefix(300).map { (0, $0) })
        #expect(interactions.finished < 0.2 && interactions.refusals == 0)
        let mixed = simulation.run(routes.map { (1, $0) })
        #expect(mixed.avoidable == [] && mixed.finished > 4)
    }

    @Test func worksUnderASmallerGlobalLimit() {
        var server = ModelServer(limits: [:])
        server.globalLimit = 7
        var simulation = RateLimiterSimulation(server: server, seed: 9, latency: 0.01...0.3)
        simulation.limiter = RateLimiter(globalLimit: 7)
        let result = simulation.run((0..<100).map { (0, RateLimitRoute("GET /x\($0 % 10)")) })
        #expect(result.avoidable == [])
        #expect(result.finished < 22)
    }
}
