internal import Glibc
internal import Synchronization

/// An HTTP server for tests that writes whatever bytes a test wants, wrong ones included: one blocking thread accepts,
/// each connection gets a thread.
final class RawServer: Sendable {
    /// Where it listens on 127.0.0.1.
    let port: Int
    private let listener: Int32
    private let handler: @Sendable (Connection) -> Void
    private let state = Mutex(State())

    private struct State {
        var connections = 0
        var requests: [Request] = []
    }

    /// One request as it arrived.
    struct Request: Sendable {
        var line: String
        var headers: [(name: String, value: String)]
        var body: [UInt8]

        var method: String { String(line.split(separator: " ").first ?? "") }
        var target: String { String(line.split(separator: " ").dropFirst().first ?? "") }

        func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }
    }

    /// Runs `handler` on a thread per connection; the connection is closed when it returns.
    init(_ handler: @escaping @Sendable (Connection) -> Void) throws {
        self.handler = handler
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let bound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(listener, pointer, length) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, pointer, &length) == 0
            }
        }
        guard bound else { throw Failure() }
        port = Int(UInt16(bigEndian: address.sin_port))
        spawn { [weak self] in
            while true {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else {
                    // Only this thread may close it: the number could be another server's by now.
                    Glibc.close(listener)
                    return
                }
                guard let self else {
                    Glibc.close(descriptor)
                    return
                }
                self.state.withLock { $0.connections += 1 }
                let connection = Connection(descriptor: descriptor, server: self)
                spawn {
                    connection.server.handler(connection)
                    Glibc.close(descriptor)
                }
            }
        }
    }

    /// A server that answers each request with `answer` and keeps the connection.
    static func answering(_ answer: @escaping @Sendable (Request) -> [UInt8]) throws -> RawServer {
        try RawServer { connection in
            while let request = connection.readRequest() {
                guard connection.write(answer(request)) else { return }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
    }

    /// The address of `target` on this server.
    func url(_ target: String = "/") -> String { "http://127.0.0.1:\(port)\(target)" }

    /// How many connections were accepted.
    var connectionCount: Int { state.withLock { $0.connections } }

    /// Every request read so far.
    var requests: [Request] { state.withLock { $0.requests } }

    struct Failure: Error {}

    /// One accepted connection.
    struct Connection: Sendable {
        let descriptor: Int32
        let server: RawServer

        /// Reads one request with its body (sized or chunked), or nil at the end.
        func readRequest() -> Request? {
            var head: [UInt8] = []
            while !head.suffix(4).elementsEqual([13, 10, 13, 10]) {
                guard let byte = read(1) else { return nil }
                head += byte
            }
            let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
            var request = Request(line: String(lines.first ?? ""), headers: [], body: [])
            for line in lines.dropFirst() {
                let parts = line.split(separator: ":", maxSplits: 1)
                request.headers.append((String(parts[0]), parts.count > 1 ? String(parts[1].dropFirst()) : ""))
            }
            if let length = request.header("Content-Length").flatMap({ Int($0) }), length > 0 {
                guard let body = read(length) else { return nil }
                request.body = body
            }
            server.state.withLock { [request] in $0.requests.append(request) }
            return request
        }

        /// Writes all bytes; false when the client left.
        @discardableResult
        func write(_ bytes: [UInt8]) -> Bool {
            var sent = 0
            while sent < bytes.count {
                let count = unsafe bytes[sent...].withUnsafeBytes {
                    unsafe send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return false }
                sent += count
            }
            return true
        }

        /// Writes text.
        @discardableResult
        func write(_ text: String) -> Bool { write(Array(text.utf8)) }

        /// Waits until the client closes its side.
        func waitForEnd() {
            while read(1) != nil {}
        }

        private func read(_ count: Int) -> [UInt8]? {
            var bytes = [UInt8](repeating: 0, count: count)
            var filled = 0
            while filled < count {
                let got = unsafe bytes.withUnsafeMutableBytes {
                    unsafe recv(descriptor, $0.baseAddress! + filled, count - filled, 0)
                }
                guard got > 0 else { return nil }
                filled += got
            }
            return bytes
        }
    }
}

/// The bytes of an answer with Content-Length.
func answer(_ status: Int = 200, _ headers: [String] = [], _ body: String = "") -> [UInt8] {
    answer(status, headers, Array(body.utf8))
}

/// The bytes of an answer with Content-Length.
func answer(_ status: Int, _ headers: [String], _ body: [UInt8]) -> [UInt8] {
    let lines = ["HTTP/1.1 \(status) X"] + headers + (status == 204 ? [] : ["Content-Length: \(body.count)"])
    return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
}

private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

private func spawn(_ run: @escaping @Sendable () -> Void) {
    var identifier = pthread_t()
    let context = unsafe Unmanaged.passRetained(Body(run)).toOpaque()
    _ = unsafe pthread_create(
        &identifier, nil,
        { context in
            guard let context = unsafe context else { return nil }
            unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
            return nil
        }, context)
    _ = pthread_detach(identifier)
}
