import Glibc
import MediaPipeline

/// The worker as a whole: reads the parent's messages and starts a thread for each song.
final class WorkerProcess {
    private let output = OutputPipe()
    private let fetcher: Fetcher
    private let sessions = Guarded<[UInt32: SessionControl]>([:])
    private static let maximumSessions = 128

    /// A worker that trusts the certificate authorities in `certificateAuthorityFile` besides the system's.
    init(certificateAuthorityFile: String?) {
        fetcher = Fetcher(certificateAuthorityFile: certificateAuthorityFile)
    }

    /// Serves the parent until it closes the pipe; the exit status.
    func run() -> Int32 {
        output.send(.hello(version: MediaMessage.version))
        var decoder = MediaMessageDecoder()
        while true {
            var wait = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            let ready = unsafe poll(&wait, 1, 1000)
            endWhenStuck()
            guard ready > 0 else { continue }
            var count = 0
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, initialized in
                count = unsafe read(STDIN_FILENO, buffer.baseAddress, buffer.count)
                initialized = max(0, count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return 0 }
            decoder.append(bytes)
            do {
                while let message = try decoder.next() { handle(message) }
            } catch {
                complain("media-worker: \(error)")
                return 65
            }
        }
    }

    private func handle(_ message: MediaMessage) {
        switch message {
        case .open(let number, let request, let probe): open(number, request, probe: probe)
        case .credit(let number, let packets): sessions.with { $0[number] }?.grant(Int(packets))
        case .close(let number): sessions.with { $0[number] }?.close()
        case .ping(let nonce): output.send(.pong(nonce: nonce))
        default: break
        }
    }

    private func open(_ number: UInt32, _ request: MediaRequest, probe: Bool) {
        let control = SessionControl(openLimit: request.openTimeLimit, stallLimit: request.stallTimeLimit)
        let accepted = sessions.with { sessions -> Bool in
            guard sessions.count < Self.maximumSessions, sessions[number] == nil else { return false }
            sessions[number] = control
            return true
        }
        let session = Session(
            number: number, request: request, isProbe: probe, control: control, fetcher: fetcher, output: output)
        let sessions = sessions
        guard accepted else { return output.send(.failed(session: number, error: .outOfResources)) }
        let started = startThread(named: "song-\(number)") {
            session.run()
            sessions.with { $0[number] = nil }
        }
        guard !started else { return }
        sessions.with { $0[number] = nil }
        output.send(.failed(session: number, error: .outOfResources))
    }

    /// A thread stuck inside a library cannot be ended alone: its song is given up, the process ends, and the parent goes
    /// on with the other songs in another worker.
    private func endWhenStuck() {
        let stuck = sessions.with { sessions in sessions.filter { $0.value.isStuck }.map(\.key) }
        guard !stuck.isEmpty else { return }
        for number in stuck {
            output.send(.failed(session: number, error: .timedOut("reading it went on without end")))
        }
        complain("media-worker: \(stuck.count) song(s) stuck, ending this worker")
        _exit(70)
    }
}

/// Writes a line to the standard error output, which the parent logs.
func complain(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = unsafe bytes.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
}
