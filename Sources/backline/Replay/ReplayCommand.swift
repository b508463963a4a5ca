import FoundationEssentials
import Glibc
import ServiceKit
import StarcraftReplay

/// `backline replay`: what StarCraft II replays say, for people and for programs.
enum ReplayCommand {
    /// What to find out, and how to show it.
    struct Options: Sendable {
        var json = false
        var full = false
        var buildOrder = false
        var events: String?
    }

    static func run(_ arguments: ArgumentReader) async throws -> Int32 {
        var arguments = arguments
        var options = Options()
        options.json = arguments.flag("--json")
        options.full = arguments.flag("--full")
        options.buildOrder = arguments.flag("--build-order")
        options.events = try arguments.option("--events")
        if let events = options.events, !["game", "message", "tracker"].contains(events) {
            throw ArgumentReader.Failure.malformed(
                option: "--events", found: events, form: "“game”, “message” or “tracker”")
        }
        var words: [String] = []
        while let word = arguments.word() { words.append(word) }
        try arguments.finish()
        guard !words.isEmpty else {
            throw ReplayFiles.Failure(description: "Name a replay or a folder. See: backline replay --help")
        }
        let files = ReplayFiles.find(words)
        guard !files.isEmpty else { throw ReplayFiles.Failure(description: "There are no replays in that folder.") }
        return try await show(files, options) ? 0 : 1
    }

    /// Reads all files, as many at a time as there are processors, and prints them in their order; whether all were
    /// whole.
    private static func show(_ files: [String], _ options: Options) async throws -> Bool {
        let width = max(1, ProcessInfo.processInfo.activeProcessorCount)
        var progress = ReplayProgress(total: files.count)
        var output = ReplayOutput(options)
        try await withThrowingTaskGroup(of: (Int, ReplayOutput.Entry).self) { group in
            var next = 0
            var running = 0
            var printed = 0
            var waiting: [Int: ReplayOutput.Entry] = [:]
            while printed < files.count {
                // No further ahead of a slow file than this, so that little waits to be printed.
                while running < width, next < min(files.count, printed + ahead) {
                    let index = next
                    group.addTask { (index, entry(files[index], options)) }
                    next += 1
                    running += 1
                }
                guard let (index, entry) = try await group.next() else { return }
                running -= 1
                waiting[index] = entry
                while let entry = waiting.removeValue(forKey: printed) {
                    progress.hide()
                    output.add(entry)
                    printed += 1
                    progress.show(printed)
                }
            }
        }
        progress.hide()
        output.finish()
        return !output.hasErrors
    }

    private static let ahead = 64

    /// What one file says, already in words.
    @Sendable private static func entry(_ file: String, _ options: Options) -> ReplayOutput.Entry {
        let found = findings(file, options)
        var text: String?
        if let kind = options.events, found.error == nil {
            do {
                let replay = try Replay(try ReplayFiles.read(file, limits: ReplayLimits()))
                text = try ReplayEventLines.text(replay, kind)
            } catch {
                var found = found
                found.error = "\(error)"
                return ReplayOutput.Entry(
                    found: found, line: ReplayFactsJSON.object(found, full: false, buildOrder: false).line)
            }
        } else if options.json {
            text = ReplayFactsJSON.object(found, full: options.full, buildOrder: options.buildOrder).line
        }
        return ReplayOutput.Entry(found: found, line: text)
    }

    private static func findings(_ file: String, _ options: Options) -> ReplayFactsJSON.Findings {
        var found = ReplayFactsJSON.Findings(file: file)
        do {
            let bytes = try ReplayFiles.read(file, limits: ReplayLimits())
            found.header = try? Replay.header(of: bytes)
            let replay = try Replay(bytes)
            let facts = try replay.facts()
            found.facts = facts
            if options.full || options.buildOrder {
                let report = try replay.report(facts)
                found.report = report
                found.resumed = report.isResumed
            } else {
                found.resumed = try replay.isResumed()
            }
        } catch {
            found.error = "\(error)"
        }
        return found
    }
}
