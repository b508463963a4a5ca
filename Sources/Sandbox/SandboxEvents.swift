internal import ServiceKit

/// World changes as they happen, each `{"type": …, "data": …}`.
public struct SandboxEvents: AsyncSequence, Sendable {
    private let lines: BoundedChannel<[UInt8]>

    init(_ lines: BoundedChannel<[UInt8]>) { self.lines = lines }

    /// Waits for the first event of a type whose data passes a test; nil when the sandbox stopped.
    public func first(_ type: String, where test: (JSON) -> Bool = { _ in true }) async -> JSON? {
        for await event in self {
            if event["type"]?.string == type, let data = event["data"], test(data) { return data }
        }
        return nil
    }

    /// Goes through the events.
    public struct AsyncIterator: AsyncIteratorProtocol {
        let lines: BoundedChannel<[UInt8]>

        /// The next event.
        public mutating func next() async -> JSON? {
            while let line = await lines.next() {
                if line.starts(with: "data: ".utf8) { return JSONReader.read(Array(line.dropFirst(6))) }
            }
            return nil
        }

        /// The next event, on the caller's actor.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> JSON? { await next() }
    }

    /// Starts going through the events.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(lines: lines) }
}
