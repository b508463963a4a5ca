internal import ServiceKit

extension ThreadExecutor {
    /// A thread for an actor whose work blocks; it ends with the executor.
    static func start(_ name: String) throws(StoreError) -> ThreadExecutor {
        guard let executor = ThreadExecutor(name: name) else {
            throw .unavailable("the system refuses to start a thread")
        }
        return executor
    }
}
