internal import ServiceKit

/// Runs `body`, or cancels it and throws when `limit` has passed on `time`.
///
/// The body must end soon after its cancellation.
func withDeadline<Result: Sendable>(
    _ limit: Duration, _ time: any TimeSource,
    _ body: @escaping @Sendable () async throws(StoreError) -> Result
) async throws(StoreError) -> Result {
    do {
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await time.sleep(for: limit)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let result = first else { throw StoreError.timedOut(limit) }
            return result
        }
    } catch {
        throw StoreError(caught: error)
    }
}
