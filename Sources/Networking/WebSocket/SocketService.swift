internal import CSystem
internal import CWebSockets
internal import Glibc
internal import Synchronization

/// The one libwebsockets thread of the process, seen from all other threads: commands go in, nothing else.
final class SocketService: Sendable {
    /// The service; its thread starts with the first use and lives as long as the process.
    static let shared = SocketService()

    @safe private struct Inbox: @unchecked Sendable {
        var commands: [@Sendable (SocketLoop) -> Void] = []
        var woken: Set<UInt> = []
        /// The lws context, once it runs; `lws_cancel_service` is the one lws call allowed on any thread.
        var context: OpaquePointer?

        var isEmpty: Bool { commands.isEmpty && woken.isEmpty }
    }

    private let inbox = Mutex(Inbox())

    private init() {
        var thread = pthread_t()
        let started = unsafe pthread_create(
            &thread, nil,
            { _ in
                unsafe backline_name_this_thread("websockets")
                SocketService.shared.run()
                return nil
            }, nil)
        precondition(started == 0, "the websockets thread could not be started")
    }

    /// Runs `command` on the service thread, in the order of posting.
    func post(_ command: @escaping @Sendable (SocketLoop) -> Void) {
        enqueue { $0.commands.append(command) }
    }

    /// Lets the service thread look at the connection `key`; several wakes may become one.
    func wake(_ key: UInt) {
        enqueue { $0.woken.insert(key) }
    }

    private func enqueue(_ change: (inout Inbox) -> Void) {
        inbox.withLock { inbox in
            let wasEmpty = inbox.isEmpty
            change(&inbox)
            if wasEmpty, let context = unsafe inbox.context { unsafe lws_cancel_service(context) }
        }
    }

    private func run() {
        let loop = SocketLoop()
        inbox.withLock { unsafe $0.context = loop.context }
        while true { turn(loop) }
    }

    /// One turn of the loop. A function of its own, and never part of the loop without an end: there the compiler
    /// releases nothing, and what a turn took out of the inbox would stay in memory for good.
    @inline(never)
    private func turn(_ loop: SocketLoop) {
        let (commands, woken) = inbox.withLock { inbox in
            defer {
                inbox.commands = []
                inbox.woken = []
            }
            return (inbox.commands, inbox.woken)
        }
        for command in commands { command(loop) }
        for key in woken { loop.drivers[key]?.woken() }
        if inbox.withLock({ $0.isEmpty }) {
            let result = unsafe lws_service(loop.context, 0)
            precondition(result >= 0, "libwebsockets gave up its service loop")
        }
    }
}
