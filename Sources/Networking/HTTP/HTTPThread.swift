internal import CCurl
internal import CSystem
internal import Glibc
internal import Synchronization

/// The thread that owns libcurl's multi handle: everything that touches libcurl's transfers happens on it.
final class HTTPThread: Sendable {
    fileprivate enum Command {
        case start(Transfer)
        case resume(Transfer)
        case remove(Transfer)
    }

    @safe fileprivate struct Shared {
        var commands: [Command] = []
        var isClosing = false
        /// The multi handle while the thread runs: others may only wake it, under the lock.
        var multi: UnsafeMutableRawPointer?
    }

    fileprivate let shared = Mutex(Shared())
    private let configuration: HTTPClientConfiguration

    /// A thread that is started by the first transfer.
    init(_ configuration: HTTPClientConfiguration) {
        self.configuration = configuration
    }

    /// Begins a transfer.
    func start(_ transfer: Transfer) throws(NetworkError) {
        let problem: NetworkError? = shared.withLock { shared in
            guard !shared.isClosing else { return .closed }
            if unsafe shared.multi == nil {
                guard curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK, let multi = unsafe curl_multi_init()
                else {
                    return .library(function: "curl_multi_init", code: 0, words: "no memory")
                }
                unsafe shared.multi = multi
                if let code = launch() {
                    unsafe curl_multi_cleanup(multi)
                    unsafe shared.multi = nil
                    return .system(function: "pthread_create", code: code)
                }
            }
            shared.post(.start(transfer))
            return nil
        }
        if let problem { throw problem }
    }

    /// Goes on with a paused transfer.
    func resume(_ transfer: Transfer) {
        shared.withLock { $0.post(.resume(transfer)) }
    }

    /// Forgets a transfer that its reader ended.
    func remove(_ transfer: Transfer) {
        shared.withLock { $0.post(.remove(transfer)) }
    }

    /// Ends every transfer and the thread.
    func close() {
        shared.withLock { shared in
            shared.isClosing = true
            if let multi = unsafe shared.multi { _ = unsafe curl_multi_wakeup(multi) }
        }
    }

    /// Starts the thread with its own reference to this object; returns the error code, nil for success.
    private func launch() -> Int32? {
        var identifier = pthread_t()
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        defer { unsafe pthread_attr_destroy(&attributes) }
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        let code = unsafe pthread_create(
            &identifier, &attributes,
            { context in
                guard let context = unsafe context else { return nil }
                unsafe Unmanaged<HTTPThread>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context)
        guard code != 0 else { return nil }
        unsafe Unmanaged<HTTPThread>.fromOpaque(context).release()
        return code
    }

    private func run() {
        unsafe backline_name_this_thread("http")
        // Signals belong to the program's own handling; SIGPIPE from a broken TLS connection must not end it.
        var signals = sigset_t()
        unsafe sigfillset(&signals)
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
        guard let multi = unsafe shared.withLock({ unsafe $0.multi }) else { return }
        unsafe backline_curl_multi_set_long(
            multi, CURLMOPT_MAX_HOST_CONNECTIONS, configuration.maximumConnectionsPerHost)
        unsafe backline_curl_multi_set_long(
            multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, configuration.maximumConnections)
        unsafe backline_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, configuration.maximumConnections)
        var handles: [ObjectIdentifier: EasyHandle] = [:]
        while true {
            let (commands, isClosing) = shared.withLock { shared in
                defer { shared.commands = [] }
                return (shared.commands, shared.isClosing)
            }
            for command in commands { unsafe perform(command, on: multi, &handles) }
            if isClosing { break }
            var running: Int32 = 0
            unsafe curl_multi_perform(multi, &running)
            var code = CURLE_OK
            while let easy = unsafe backline_curl_multi_finished(multi, &code) {
                guard let context = unsafe backline_curl_get_private(easy) else { continue }
                let handle = unsafe Unmanaged<EasyHandle>.fromOpaque(context).takeUnretainedValue()
                handle.finish(code)
                unsafe remove(handle, from: multi, &handles)
            }
            unsafe curl_multi_poll(multi, nil, 0, 10_000, nil)
        }
        for handle in handles.values {
            handle.transfer.finish(.failure(.closed))
            unsafe curl_multi_remove_handle(multi, handle.easy)
        }
        handles = [:]
        shared.withLock { unsafe $0.multi = nil }
        unsafe curl_multi_cleanup(multi)
    }

    private func perform(
        _ command: Command, on multi: UnsafeMutableRawPointer, _ handles: inout [ObjectIdentifier: EasyHandle]
    ) {
        switch command {
        case .start(let transfer):
            guard let handle = EasyHandle(transfer, configuration), handles[ObjectIdentifier(transfer)] == nil else {
                transfer.finish(.failure(.library(function: "curl_easy_init", code: 0, words: "no memory")))
                return
            }
            handles[ObjectIdentifier(transfer)] = handle
            unsafe curl_multi_add_handle(multi, handle.easy)
        case .resume(let transfer):
            guard let handle = handles[ObjectIdentifier(transfer)] else { return }
            unsafe curl_easy_pause(handle.easy, CURLPAUSE_CONT)
        case .remove(let transfer):
            guard let handle = handles[ObjectIdentifier(transfer)] else { return }
            unsafe remove(handle, from: multi, &handles)
        }
    }

    private func remove(
        _ handle: EasyHandle, from multi: UnsafeMutableRawPointer, _ handles: inout [ObjectIdentifier: EasyHandle]
    ) {
        unsafe curl_multi_remove_handle(multi, handle.easy)
        handles[ObjectIdentifier(handle.transfer)] = nil
    }
}

extension HTTPThread.Shared {
    /// Queues a command and wakes the thread; nothing happens once the thread has ended.
    fileprivate mutating func post(_ command: HTTPThread.Command) {
        guard let multi = unsafe multi else { return }
        commands.append(command)
        _ = unsafe curl_multi_wakeup(multi)
    }
}
