import ServiceKit
import Testing

@Suite("Service group", .timeLimit(.minutes(1)))
struct ServiceGroupTests {
    private struct Failure: Error, Equatable {}

    private struct Named: Service {
        let name: String
        let body: @Sendable () async throws -> Void
        func run() async throws { try await body() }
    }

    @Test("The error counts although a service that depends on the failing one ends first")
    func failureBehindAnEnd() async {
        let events = BoundedChannel<Void>(capacity: 1)
        let over = BoundedChannel<Void>(capacity: 1)
        let failing = Named(name: "gateway") {
            events.finish()
            // Cancelled by the end of the other.
            _ = await over.next()
            throw Failure()
        }
        let depending = Named(name: "bot") { _ = await events.next() }
        let group = ServiceGroup([failing, depending], shutdownLimit: .seconds(50), logger: Logger("test"))
        await #expect(throws: Failure.self) { try await group.run() }
    }
}
