import FoundationEssentials
import MusicEngine
import ServiceKit

/// An extractor pool over real Python processes that run a script made for the test.
struct PoolStage {
    /// The repository's folder.
    static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// A folder of this test only.
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "extractor-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// Runs `body` with a pool whose processes answer by `script`, a Python function `answer(request)` that returns a
    /// dictionary, or anything else it does with the line.
    @discardableResult
    func withPool<Result: Sendable>(
        script: String, time: any TimeSource = SystemTime.shared,
        change: (inout ExtractorConfiguration) -> Void = { _ in },
        _ body: @Sendable (ExtractorPool) async throws -> Result
    ) async throws -> Result {
        let program = """
            import json, os, sys, time
            folder = \(Self.literal(folder.path))
            def note(text):
                with open(os.path.join(folder, "notes"), "a") as file:
                    file.write(text)
            def notes():
                try:
                    with open(os.path.join(folder, "notes")) as file:
                        return file.read()
                except FileNotFoundError:
                    return ""
            def song(name):
                return {"site": "youtube", "id": name, "url": "https://site.example/" + name, "title": name,
                        "audio": {"url": "https://media.example/" + name, "headers": {"X": "y"}, "codec": "opus"}}
            def ok(request, **result):
                return {"id": request["id"], "ok": True, "result": result}
            def no(request, code):
                return {"id": request["id"], "ok": False, "error": {"code": code, "sentence": "x"}}
            \(script)
            note("S")
            for line in sys.stdin:
                request = json.loads(line)
                if request["op"] == "version":
                    reply = ok(request, ready=True, python="3", yt_dlp="1")
                else:
                    reply = answer(request)
                print(json.dumps(reply), flush=True)
            """
        let path = folder.appending(path: "worker.py")
        try Data(program.utf8).write(to: path)
        var configuration = ExtractorConfiguration(script: path.path)
        change(&configuration)
        return try await Self.run(configuration, time: time, body)
    }

    /// Runs `body` with a pool of the project's own extractor, over a stand-in for yt-dlp in `packages`.
    @discardableResult
    func withRealExtractor<Result: Sendable>(
        packages: URL = PoolStage.repository.appending(path: "Extractor/tests/stub_yt_dlp"),
        change: (inout ExtractorConfiguration) -> Void = { _ in },
        _ body: @Sendable (ExtractorPool) async throws -> Result
    ) async throws -> Result {
        let script = Self.repository.appending(path: "Extractor/extractor.py")
        var configuration = ExtractorConfiguration(script: script.path)
        configuration.environment["PYTHONPATH"] = packages.path
        change(&configuration)
        return try await Self.run(configuration, body)
    }

    /// Runs `body` while a pool runs.
    @discardableResult
    static func run<Result: Sendable>(
        _ configuration: ExtractorConfiguration, time: any TimeSource = SystemTime.shared,
        _ body: @Sendable (ExtractorPool) async throws -> Result
    ) async throws -> Result {
        let pool = ExtractorPool(configuration, time: time)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await pool.run() }
            defer { group.cancelAll() }
            return try await body(pool)
        }
    }

    /// What the processes have noted.
    var notes: String {
        (try? Data(contentsOf: folder.appending(path: "notes"))).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    private static func literal(_ text: String) -> String { "r'\(text)'" }
}
