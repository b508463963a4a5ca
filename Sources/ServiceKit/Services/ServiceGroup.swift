/// Something that lives as long as the program: started once, ended by cancelling its task.
public protocol Service: Sendable {
    /// The name in logs and health reports.
    var name: String { get }

    /// Works until cancelled, then drains and returns; returning or throwing earlier ends the whole program.
    func run() async throws
}

/// Runs services side by side and ends them together, on a signal or when one of them ends.
public struct ServiceGroup: Sendable {
    private let services: [any Service]
    private let shutdownLimit: Duration
    private let logger: Logger

    /// Makes a group that gives its services `shutdownLimit` to drain.
    public init(_ services: [any Service], shutdownLimit: Duration, logger: Logger) {
        self.services = services
        self.shutdownLimit = shutdownLimit
        self.logger = logger
    }

    private enum Ending: Sendable {
        case service(name: String, error: (any Error)?)
        case signal(Int32)
        case limit
    }

    /// Runs until SIGINT or SIGTERM, cancellation, or the end of a service; throws that service's error, or that of another
    /// when the first to end had none.
    ///
    /// When the services have not drained within the limit, the process exits with status 1: a hanging service must
    /// not keep a supervisor waiting.
    public func run() async throws {
        let signals = SignalWatch()
        defer { signals.stop() }
        var failure: (any Error)?
        var isUnexplained = false
        await withTaskGroup(of: Ending.self) { group in
            for service in services {
                group.addTask {
                    do {
                        try await service.run()
                        return .service(name: service.name, error: nil)
                    } catch {
                        return .service(name: service.name, error: error)
                    }
                }
            }
            group.addTask { [signals] in
                await .signal(signals.next() ?? 0)
            }
            switch await group.next() {
            case .service(let name, let error):
                failure = Task.isCancelled ? nil : error
                isUnexplained = !Task.isCancelled && error == nil
                logger.notice("service ended", ["service": name, "error": error.map { "\($0)" } ?? "none"])
            case .signal(let number) where number != 0:
                logger.info("stopping", ["signal": "\(number)"])
            case .signal, .limit, nil:
                break
            }
            group.cancelAll()
            let limit = shutdownLimit
            let remaining = Watchdog(limit: limit, logger: logger, exits: !services.isEmpty)
            for await ending in group {
                if case .service(let name, let error?) = ending, !(error is CancellationError) {
                    logger.debug("service ended", ["service": name, "error": "\(error)"])
                    // The first to end may have had nothing left to do because of the one that failed.
                    if isUnexplained { failure = failure ?? error }
                }
            }
            remaining.disarm()
        }
        if let failure { throw failure }
    }
}
