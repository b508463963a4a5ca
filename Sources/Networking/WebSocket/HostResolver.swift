internal import CSystem
internal import Glibc
internal import Synchronization

/// Looks up host names on threads of its own: the system's resolver blocks, and libwebsockets would let it block
/// every socket of the process.
final class HostResolver: Sendable {
    /// The resolver of the process.
    static let shared = HostResolver()

    private struct Job: Sendable {
        let name: String
        let answer: @Sendable ([IPAddress]) -> Void
    }

    private struct State {
        var jobs: [Job] = []
        var threads = 0
    }

    /// Threads that may be stuck in a slow name server at once; they end when there is nothing to do.
    private static let mostThreads = 4

    private let state = Mutex(State())

    /// Calls `answer` with the addresses of `name`, best first; none when it has none. `answer` runs on any thread.
    func resolve(_ name: String, _ answer: @escaping @Sendable ([IPAddress]) -> Void) {
        if let literal = IPAddress(name) { return answer([literal]) }
        let start = state.withLock { state -> Bool in
            state.jobs.append(Job(name: name, answer: answer))
            guard state.threads < Self.mostThreads else { return false }
            state.threads += 1
            return true
        }
        guard start else { return }
        var thread = pthread_t()
        let result = unsafe pthread_create(
            &thread, nil,
            { _ in
                unsafe backline_name_this_thread("resolver")
                HostResolver.shared.work()
                return nil
            }, nil)
        if result == 0 { pthread_detach(thread) }
        if result != 0 { work() }
    }

    private func work() {
        while true {
            let job = state.withLock { state -> Job? in
                guard !state.jobs.isEmpty else {
                    state.threads -= 1
                    return nil
                }
                return state.jobs.removeFirst()
            }
            guard let job else { return }
            job.answer(Self.lookUp(job.name))
        }
    }

    private static func lookUp(_ name: String) -> [IPAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(name, nil, &hints, &list) == 0 else { return [] }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [IPAddress] = []
        var entry = unsafe list
        while let current = unsafe entry {
            if let address = unsafe SocketAddress(current.pointee.ai_addr, length: current.pointee.ai_addrlen)?.address
            {
                if !addresses.contains(address) { addresses.append(address) }
            }
            unsafe entry = current.pointee.ai_next
        }
        return addresses
    }
}
