import FoundationEssentials
import ServiceKit

/// Backline's side of `benchmarks replay`: does one task with each replay of a list, and says how long each took.
///
/// Words: the task, how often each file is done, and a file with one path a line. It says “ready”, waits for “start”, and
/// answers with one line of JSON: seconds for all, and milliseconds of each file, `null` for a broken one.
struct ReplayReader {
    private let task: ReplayTask
    private let repeats: Int
    private let paths: [String]

    /// Takes the words.
    init(_ words: inout ArgumentReader) throws {
        guard let task = words.word().flatMap(ReplayTask.init), let repeats = words.word().flatMap({ Int($0) }),
            let list = words.word(), let text = try? String(contentsOfFile: list, encoding: .utf8)
        else { throw BenchmarkError.missing("replay-reader TASK REPEATS LIST") }
        self.task = task
        self.repeats = repeats
        paths = text.split(separator: "\n").map(String.init)
        try words.finish()
    }

    /// Does it.
    func run() async throws {
        let files = paths.map { path in FileManager.default.contents(atPath: path).map { [UInt8]($0) } ?? [] }
        say("ready")
        _ = readLine()
        let clock = ContinuousClock()
        let began = clock.now
        let times = files.map { task.measure($0, repeats: repeats) }
        let wall = (clock.now - began) / .seconds(1)
        let shown = times.map { $0.map { "\($0)" } ?? "null" }.joined(separator: ",")
        say(#"{"wall":\#(wall),"files":[\#(shown)]}"#)
    }
}
