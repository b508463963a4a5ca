import Glibc

/// How extractor processes are started, and their limits.
public struct ExtractorConfiguration: Sendable {
    /// The Python interpreter, by path or by name.
    public var python: String
    /// Path of `Extractor/extractor.py`.
    public var script: String
    /// More arguments for it, such as `--cache-dir` and `--proxy`.
    public var arguments: [String] = []
    /// The environment of the processes: nothing secret is in the default.
    public var environment: [String: String] = ExtractorConfiguration.plainEnvironment()
    /// How many processes are kept at least and at most.
    public var workers: ClosedRange<Int> = 1...2
    /// A process is replaced after this many requests.
    public var requestLimit = 1000
    /// A process is replaced when it holds more memory than this, in bytes.
    public var residentLimit = 400 << 20
    /// Longest answer in bytes.
    public var lineLimit = 1 << 20
    /// Requests that may wait for a process.
    public var queueLimit = 64
    /// Time a request may wait for a process.
    public var waitLimit: Duration = .seconds(20)
    /// Time for a process to start and tell its versions.
    public var startDeadline: Duration = .seconds(30)
    /// Time for a request of the fast way.
    public var deadline: Duration = .seconds(15)
    /// Time for a request that may run JavaScript.
    public var slowDeadline: Duration = .seconds(40)
    /// Time past the deadline after which a process that has not answered is killed.
    public var grace: Duration = .seconds(2)
    /// A process beyond the least number ends after being idle this long.
    public var idleLimit: Duration = .seconds(120)

    /// Starts `script` with `python`.
    public init(python: String = "python3", script: String) {
        self.python = python
        self.script = script
    }

    /// Where programs and folders are, and nothing else of this program's environment.
    public static func plainEnvironment() -> [String: String] {
        var result = ["PYTHONUNBUFFERED": "1", "PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8"]
        for name in ["PATH", "HOME", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR"] {
            if let value = unsafe getenv(name) { result[name] = unsafe String(cString: value) }
        }
        return result
    }
}

/// What the extractor processes have installed.
public struct ExtractorVersions: Sendable, Hashable {
    /// Version of Python.
    public var python: String?
    /// Version of yt-dlp.
    public var ytDlp: String?
    /// Version of the JavaScript solver scripts.
    public var ytDlpEjs: String?
    /// Name and version of the JavaScript runtime; nil when none was found, then only the fast way works.
    public var javaScriptRuntime: String?
}

/// Counters of a pool.
public struct ExtractorStatistics: Sendable, Hashable {
    /// Processes alive.
    public var workers = 0
    /// Requests answered, well or not.
    public var answered = 0
    /// Processes killed because they answered too late.
    public var timeouts = 0
    /// Processes that ended or answered nonsense.
    public var crashes = 0
    /// Processes replaced because of their age or memory.
    public var recycled = 0
    /// Requests waiting.
    public var waiting = 0
    /// Why no process can be started, for people; nil when all is well.
    public var problem: String?
}
