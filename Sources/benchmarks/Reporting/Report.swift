import DiscordModel
import FoundationEssentials
import Glibc
import ServiceKit

/// What all benchmarks are told on the command line.
struct RunOptions {
    /// Measurements of each figure; the table shows medians.
    let rounds: Int
    /// The Python that has the peers' packages.
    let python: String
    /// Whether a JSON line is printed last.
    let wantsJSON: Bool

    /// Takes the shared options out of the words.
    init(_ words: inout ArgumentReader, rounds defaultRounds: Int, needsPython: Bool = true) throws {
        rounds = try words.number("--rounds", in: 1...99) ?? defaultRounds
        python = try words.option("--python") ?? ".venv-test/bin/python"
        wantsJSON = words.flag("--json")
        guard !needsPython || FileManager.default.isExecutableFile(atPath: python) else {
            throw BenchmarkError.missing(
                "there is no Python at \(python): run ./test once, which makes it, or name another with --python")
        }
    }

    /// The path of a peer's program.
    func peer(_ name: String) throws -> String {
        let path = "Benchmarks/peers/\(name)"
        guard FileManager.default.fileExists(atPath: path) else {
            throw BenchmarkError.missing("there is no \(path) here: start benchmarks in the project's folder")
        }
        return path
    }
}

/// Writes a line at once, without a buffer.
func say(_ line: String, on descriptor: Int32 = STDOUT_FILENO) {
    var bytes = ArraySlice((line + "\n").utf8)
    while !bytes.isEmpty {
        let count = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
        guard count > 0 || errno == EINTR || errno == EAGAIN else { return }
        bytes = bytes.dropFirst(max(0, count))
    }
}

/// Tells how far the run is, where it does not mix with the table.
func progress(_ words: String) {
    say("  \(words)", on: STDERR_FILENO)
}

/// The machine in one line: processor, cores, load before the run.
func machine() -> String {
    let information = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let model = information.split(separator: "\n").first { $0.hasPrefix("model name") }?
        .split(separator: ":").last.map { $0.trimmingPrefix(while: { $0 == " " }) }
    let load = (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8))?.split(separator: " ").prefix(3)
    return "\(model.map(String.init) ?? "unknown processor"), \(sysconf(Int32(_SC_NPROCESSORS_ONLN))) cores, "
        + "load before the run \(load?.joined(separator: " ") ?? "unknown")"
}

/// Prints the JSON line.
func printJSON(_ value: JSONValue) {
    say(String(decoding: JSON.encode(value), as: UTF8.self))
}
