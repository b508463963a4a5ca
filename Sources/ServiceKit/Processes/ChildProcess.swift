internal import CSystem
import Glibc
import Synchronization

/// Why a child process could not be started or talked to.
public enum ChildProcessError: Error, Sendable, CustomStringConvertible {
    /// The program could not be started; `code` is the system's error number.
    case cannotStart(executable: String, code: Int32)
    /// The child has ended or closed its end.
    case ended
    /// The waiting task was cancelled.
    case cancelled

    /// The error in words.
    public var description: String {
        switch self {
        case .cannotStart(let executable, let code):
            "could not start \(executable): \(unsafe String(cString: strerror(code)))"
        case .ended: "the child process has ended"
        case .cancelled: "cancelled while waiting for the child process"
        }
    }
}

/// A child process in a process group of its own, with its input and output as asynchronous pipes.
///
/// Its error output goes to the logger line by line, bounded. Whoever spawns it ends it: `terminate` or `kill` reach the
/// whole group. When this program dies the child sees the end of its input.
public final class ChildProcess: Sendable {
    /// What to start and under which limits.
    public struct Command: Sendable {
        /// A path, or a name that is looked for in PATH.
        public var executable: String
        /// The arguments after the program's own name.
        public var arguments: [String]
        /// The whole environment; nil inherits this program's.
        public var environment: [String: String]?
        /// Most bytes of address space (RLIMIT_AS).
        public var addressSpaceLimit: UInt64?
        /// Most seconds of processor time (RLIMIT_CPU).
        public var cpuSecondsLimit: UInt64?
        /// Added to the scheduling niceness, 0…19.
        public var niceness: Int32?

        /// Describes a child without limits.
        public init(
            executable: String, arguments: [String] = [], environment: [String: String]? = nil,
            addressSpaceLimit: UInt64? = nil, cpuSecondsLimit: UInt64? = nil, niceness: Int32? = nil
        ) {
            self.executable = executable
            self.arguments = arguments
            self.environment = environment
            self.addressSpaceLimit = addressSpaceLimit
            self.cpuSecondsLimit = cpuSecondsLimit
            self.niceness = niceness
        }
    }

    /// How a child ended.
    public enum Exit: Sendable, Equatable {
        /// It returned this status.
        case code(Int32)
        /// This signal ended it.
        case signal(Int32)
    }

    /// The child's process id, also its group's.
    public let processIdentifier: Int32

    private let input: Mutex<Int32?>
    private let output: Int32
    private let processDescriptor: Int32
    private let exit = Mutex<Exit?>(nil)

    private init(pid: Int32, input: Int32, output: Int32, processDescriptor: Int32) {
        processIdentifier = pid
        self.input = Mutex(input)
        self.output = output
        self.processDescriptor = processDescriptor
    }

    deinit {
        if exit.withLock({ $0 }) == nil {
            Glibc.kill(-processIdentifier, SIGKILL)
            // The kernel has the result at once after SIGKILL; nobody else waits for this child.
            var status: Int32 = 0
            unsafe waitpid(processIdentifier, &status, 0)
        }
        closeInput()
        for descriptor in [output, processDescriptor] {
            IOReactor.shared.forget(descriptor)
            close(descriptor)
        }
    }

    /// Starts `command`; its error output becomes entries of `logger`.
    public static func spawn(_ command: Command, logger: Logger) throws(ChildProcessError) -> ChildProcess {
        _ = BrokenPipe.isIgnored
        func failure(_ code: Int32) -> ChildProcessError { .cannotStart(executable: command.executable, code: code) }
        var ends = [Int32](repeating: -1, count: 6)
        for pipe in 0..<3 {
            var reader: Int32 = -1
            var writer: Int32 = -1
            guard unsafe backline_pipe(&reader, &writer) == 0 else {
                let code = errno
                for end in ends where end >= 0 { close(end) }
                throw failure(code)
            }
            ends[pipe * 2] = reader
            ends[pipe * 2 + 1] = writer
        }
        // The child's ends must block: programs expect it of their standard streams.
        for end in [ends[0], ends[3], ends[5]] { backline_set_blocking(end) }
        var pid: pid_t = 0
        let code = launch(command, input: ends[0], output: ends[3], errors: ends[5], pid: &pid)
        for end in [ends[0], ends[3], ends[5]] { close(end) }
        guard code == 0 else {
            for end in [ends[1], ends[2], ends[4]] { close(end) }
            throw failure(code)
        }
        if let limit = command.addressSpaceLimit {
            backline_set_limit(pid, backline_rlimit_address_space(), limit)
        }
        if let limit = command.cpuSecondsLimit {
            backline_set_limit(pid, backline_rlimit_cpu(), limit)
        }
        if let niceness = command.niceness {
            setpriority(__priority_which_t(PRIO_PROCESS.rawValue), id_t(pid), niceness)
        }
        ErrorLines.follow(ends[4], logger: logger.with(["pid": "\(pid)"]))
        return ChildProcess(
            pid: pid, input: ends[1], output: ends[2], processDescriptor: backline_pidfd_open(pid))
    }

    /// Writes all of `bytes` to the child's input, waiting while the pipe is full.
    public func write(_ bytes: [UInt8]) async throws(ChildProcessError) {
        var offset = 0
        while offset < bytes.count {
            // Under the lock: once closed, the number may belong to another file. The pipe does not block.
            let (descriptor, count, code) = input.withLock { descriptor -> (Int32, Int, Int32) in
                guard let descriptor else { return (-1, -1, EBADF) }
                let count = unsafe bytes.withUnsafeBytes { buffer in
                    unsafe Glibc.write(descriptor, buffer.baseAddress! + offset, buffer.count - offset)
                }
                return (descriptor, count, errno)
            }
            if count >= 0 {
                offset += count
            } else if code == EAGAIN {
                do {
                    try await IOReactor.shared.writable(descriptor)
                } catch {
                    throw .cancelled
                }
            } else if code != EINTR {
                throw .ended
            }
        }
    }

    /// Reads what is there, at most `count` bytes, waiting until something is; empty at the end of the output.
    public func read(upTo count: Int) async throws(ChildProcessError) -> [UInt8] {
        while true {
            var result = 0
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
                result = unsafe Glibc.read(output, buffer.baseAddress, count)
                initialized = max(0, result)
            }
            if result >= 0 { return bytes }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                do {
                    try await IOReactor.shared.readable(output)
                } catch {
                    throw .cancelled
                }
            default: throw .ended
            }
        }
    }

    /// Closes the child's input, which well-behaved children take as the end of their work.
    public func closeInput() {
        let descriptor = input.withLock { descriptor in
            defer { descriptor = nil }
            return descriptor
        }
        guard let descriptor else { return }
        IOReactor.shared.forget(descriptor)
        close(descriptor)
    }

    /// Waits for the child's end; nil when the waiting task is cancelled first.
    public func waitForExit() async -> Exit? {
        while true {
            if let exit = reap() { return exit }
            do {
                try await IOReactor.shared.readable(processDescriptor)
            } catch {
                return reap()
            }
        }
    }

    /// Whether the child is known to have ended.
    public var hasExited: Bool { reap() != nil }

    /// Ends the whole group: closes the input and sends SIGTERM, then SIGKILL when it is not gone after `grace`.
    public func terminate(grace: Duration) async {
        closeInput()
        guard reap() == nil else { return }
        Glibc.kill(-processIdentifier, SIGTERM)
        // Runs also when the caller is cancelled: a shutdown is when this is called.
        let ended = await Task.detached { [self] in
            await withTaskGroup(of: Bool.self) { group in
                group.addTask { await self.waitForExit() != nil }
                group.addTask {
                    try? await SystemTime.shared.sleep(for: grace)
                    return false
                }
                let first = await group.next() ?? false
                group.cancelAll()
                return first
            }
        }.value
        if !ended { kill() }
    }

    /// Ends the whole group at once.
    public func kill() {
        guard exit.withLock({ $0 }) == nil else { return }
        Glibc.kill(-processIdentifier, SIGKILL)
    }

    /// Bytes of memory the child holds (resident set), 0 when it has ended. Source: /proc/PID/statm.
    public func residentBytes() -> Int {
        let descriptor = unsafe open("/proc/\(processIdentifier)/statm", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        let text = unsafe [UInt8](unsafeUninitializedCapacity: 128) { buffer, count in
            count = max(0, unsafe Glibc.read(descriptor, buffer.baseAddress, 128))
        }
        let fields = text.split(separator: UInt8(ascii: " "))
        guard fields.count > 1, let pages = Int(String(decoding: fields[1], as: UTF8.self)) else { return 0 }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// The child's end, asked of the kernel once and remembered.
    private func reap() -> Exit? {
        exit.withLock { exit in
            if exit != nil { return exit }
            var status: Int32 = 0
            let result = unsafe waitpid(processIdentifier, &status, WNOHANG)
            guard result == processIdentifier || (result < 0 && errno == ECHILD) else { return nil }
            let signal = status & 0x7F
            exit = signal == 0 ? .code((status >> 8) & 0xFF) : .signal(signal)
            // What the child started and left behind ends with it.
            Glibc.kill(-processIdentifier, SIGKILL)
            return exit
        }
    }

    private static func launch(
        _ command: Command, input: Int32, output: Int32, errors: Int32, pid: inout pid_t
    ) -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, input, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, errors, 2)
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        unsafe posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        unsafe posix_spawnattr_setpgroup(&attributes, 0)
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        unsafe posix_spawnattr_setsigmask(&attributes, &signals)
        for number in [SIGPIPE, SIGINT, SIGTERM] { unsafe sigaddset(&signals, number) }
        unsafe posix_spawnattr_setsigdefault(&attributes, &signals)

        let arguments = unsafe ([command.executable] + command.arguments).map { unsafe strdup($0) } + [nil]
        defer { unsafe arguments.forEach { unsafe free($0) } }
        guard let environment = command.environment else {
            return unsafe posix_spawnp(&pid, command.executable, &actions, &attributes, arguments, environ)
        }
        let variables = unsafe environment.map { unsafe strdup("\($0)=\($1)") } + [nil]
        defer { unsafe variables.forEach { unsafe free($0) } }
        return unsafe posix_spawnp(&pid, command.executable, &actions, &attributes, arguments, variables)
    }
}
