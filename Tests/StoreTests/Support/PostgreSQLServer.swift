import FoundationEssentials
import Glibc
import ServiceKit
import Store
import Testing

/// A PostgreSQL server of the tests' own: in a temporary folder, reached by a socket in it, gone with the test program
/// however that ends.
final class PostgreSQLServer: Sendable {
    /// The folder of Debian's server programs; nil when the package `postgresql` is not installed.
    static let programs: String? = {
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
        return versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "/usr/lib/postgresql/\($0)/bin" }
            .first { FileManager.default.isExecutableFile(atPath: $0 + "/postgres") }
    }()

    static let isAvailable = programs != nil

    /// One server for all tests that leave it alone.
    static func shared() async throws -> PostgreSQLServer { try await sharedStart.value }
    private static let sharedStart = Task { try await PostgreSQLServer() }

    let folder: String
    private let child: ChildProcess
    private static let logger = Logger("postgres-tests")

    /// Whom the server runs as when the tests are root's.
    private static let systemUser = unsafe getpwnam("postgres") != nil ? "postgres" : "nobody"

    /// Makes the server's user the owner of a folder, where the tests are root's.
    static func giveToServer(_ folder: String) {
        guard getuid() == 0, let entry = unsafe getpwnam(systemUser) else { return }
        unsafe chown(folder, entry.pointee.pw_uid, entry.pointee.pw_gid)
    }

    /// Makes a cluster and starts a server. The watcher ends it when its input ends, so also when the tests crash.
    init(settings: [String: String] = [:]) async throws {
        let programs = try #require(Self.programs)
        folder = "/tmp/backline-pg-\(UInt32.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        // The server refuses to run as root: then the package's own user, else anybody without rights.
        var user: [String] = []
        if getuid() == 0 {
            let name = Self.systemUser
            user = ["setpriv", "--reuid=\(name)", "--regid=\(name == "nobody" ? "nogroup" : name)", "--clear-groups"]
            Self.giveToServer(folder)
        }
        let options = ["unix_socket_directories": folder, "listen_addresses": ""].merging([
            "max_connections": "40", "shared_buffers": "16MB", "log_min_messages": "fatal",
            "dynamic_shared_memory_type": "mmap",
        ]) { own, _ in own }.merging(settings) { _, given in given }
        let words = options.sorted { $0.key < $1.key }.map { "-c '\($0.key)=\($0.value)'" }.joined(separator: " ")
        let prefix = user.joined(separator: " ")
        let script = """
            trap '' PIPE
            cd / && \(prefix) \(programs)/initdb -D \(folder)/data -U backline -A trust -E UTF8 --locale=C --no-sync \
            >\(folder)/initdb.log 2>&1 || { cat \(folder)/initdb.log >&2; exit 1; }
            start() { \(prefix) \(programs)/postgres -D \(folder)/data \(words) >>\(folder)/log 2>&1 </dev/null & }
            start
            echo started
            while read -r word; do
                case "$word" in
                restart) kill -INT $! ; wait $! ; start; echo restarted ;;
                stop) kill -QUIT $! ; wait $! ; echo stopped ;;
                start) start; echo started ;;
                esac
            done
            exec >/dev/null 2>&1
            kill -QUIT $!; wait; rm -rf \(folder)
            """
        child = try ChildProcess.spawn(.init(executable: "/bin/bash", arguments: ["-c", script]), logger: Self.logger)
        try await expect("started")
        try await waitUntilUp()
    }

    deinit {
        child.closeInput()
        let child = child
        // The watcher stops the server and removes the folder; whoever lets go of the server waits for nothing.
        Task.detached { _ = await child.waitForExit() }
    }

    /// Ends the server fast, as its service would be, and starts it anew.
    func restart() async throws {
        try await child.write(Array("restart\n".utf8))
        try await expect("restarted")
        try await waitUntilUp()
    }

    /// Ends the server without any goodbye.
    func stop() async throws {
        try await child.write(Array("stop\n".utf8))
        try await expect("stopped")
    }

    func start() async throws {
        try await child.write(Array("start\n".utf8))
        try await expect("started")
        try await waitUntilUp()
    }

    /// Stops (SIGSTOP) or continues (SIGCONT) the server and all its processes.
    func signalAll(_ signal: Int32) throws {
        let text = try String(contentsOfFile: folder + "/data/postmaster.pid", encoding: .utf8)
        let main = try #require(text.split(separator: "\n").first.flatMap { Int32($0) })
        var open = [main]
        while let process = open.popLast() {
            kill(process, signal)
            let children = try? String(contentsOfFile: "/proc/\(process)/task/\(process)/children", encoding: .utf8)
            open += (children ?? "").split(separator: " ").compactMap { Int32($0) }
        }
    }

    /// The address of a database.
    func url(_ database: String = "postgres") -> String {
        "postgres://backline@/\(database)?host=\(folder.replacing("/", with: "%2F"))"
    }

    /// Makes an empty database of its own.
    func makeDatabase() async throws -> String {
        let name = "t\(UInt32.random(in: 0 ... .max))"
        try await run("create database \(name)")
        return url(name)
    }

    /// Runs a statement by psql.
    func run(_ statement: String) async throws {
        let programs = try #require(Self.programs)
        let child = try ChildProcess.spawn(
            .init(executable: programs + "/psql", arguments: ["-qX", "-d", url(), "-c", statement]), logger: Self.logger
        )
        try #require(await child.waitForExit() == .code(0))
    }

    private func expect(_ word: String) async throws {
        var text = ""
        while !text.contains("\n") {
            let bytes = try await child.read(upTo: 64)
            try #require(!bytes.isEmpty, "the server's watcher ended; is there room in /tmp?")
            text += String(decoding: bytes, as: UTF8.self)
        }
        #expect(text == word + "\n")
    }

    private func waitUntilUp() async throws {
        let programs = try #require(Self.programs)
        while true {
            let child = try ChildProcess.spawn(
                .init(executable: programs + "/pg_isready", arguments: ["-q", "-h", folder, "-U", "backline"]),
                logger: Self.logger)
            if await child.waitForExit() == .code(0) { return }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
