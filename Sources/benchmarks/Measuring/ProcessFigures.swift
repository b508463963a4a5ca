import FoundationEssentials
import Glibc

/// What the kernel tells about a process. Sources: its processor-time clock, /proc/PID/smaps_rollup, /proc/PID/stat.
struct ProcessFigures {
    /// Processor time of all its threads, in seconds.
    var processorSeconds = 0.0
    /// The part of it spent in the kernel, to a hundredth of a second.
    var kernelSeconds = 0.0
    /// Resident bytes (RSS).
    var residentBytes = 0
    /// Resident bytes with shared pages divided among those who share them (PSS).
    var proportionalBytes = 0
    /// Its threads.
    var threads = 0

    /// Nothing.
    init() {}

    /// A process now; zeroes when it is gone.
    init(of process: Int32) {
        var clock = clockid_t()
        var time = timespec()
        if unsafe clock_getcpuclockid(process, &clock) == 0, unsafe clock_gettime(clock, &time) == 0 {
            processorSeconds = Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
        }
        let stat = ProcessFigures.statistics(of: process)
        if stat.count > 17 {
            kernelSeconds = Double(Int(stat[12]) ?? 0) / Double(sysconf(Int32(_SC_CLK_TCK)))
            threads = Int(stat[17]) ?? 0
        }
        for line in ProcessFigures.read("/proc/\(process)/smaps_rollup").split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 1, let kibibytes = Int(words[1]) else { continue }
            if words[0] == "Rss:" { residentBytes = kibibytes * 1024 }
            if words[0] == "Pss:" { proportionalBytes = kibibytes * 1024 }
        }
    }

    /// The figures of several processes together.
    init(sum figures: some Sequence<ProcessFigures>) {
        for figure in figures {
            processorSeconds += figure.processorSeconds
            kernelSeconds += figure.kernelSeconds
            residentBytes += figure.residentBytes
            proportionalBytes += figure.proportionalBytes
            threads += figure.threads
        }
    }

    /// All processes that descend from `process`.
    static func descendants(of process: Int32) -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        var childrenOf: [Int32: [Int32]] = [:]
        for number in names.compactMap({ Int32($0) }) {
            let fields = statistics(of: number)
            guard fields.count > 1, let parent = Int32(fields[1]) else { continue }
            childrenOf[parent, default: []].append(number)
        }
        var found: [Int32] = []
        var open = [process]
        while let next = open.popLast() {
            let children = childrenOf[next] ?? []
            found += children
            open += children
        }
        return found
    }

    /// The fields of /proc/PID/stat from the third (state) on: the second may hold blanks.
    private static func statistics(of process: Int32) -> [Substring] {
        let text = read("/proc/\(process)/stat")
        guard let end = text.lastIndex(of: ")") else { return [] }
        return text[text.index(after: end)...].split(separator: " ")
    }

    private static func read(_ path: String) -> String {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "" }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 16_384)
        let count = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
        }
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}

/// A process and what it started, measured over a span.
struct ProcessSpan {
    private let root: Int32
    private let begin: ProcessFigures
    private let beginChildren: [Int32: ProcessFigures]

    /// Starts measuring.
    init(of process: Int32) {
        root = process
        begin = ProcessFigures(of: process)
        beginChildren = Dictionary(
            uniqueKeysWithValues: ProcessFigures.descendants(of: process).map { ($0, ProcessFigures(of: $0)) })
    }

    /// Processor time since the start and memory now, of the process itself and of its descendants.
    func end() -> (own: ProcessFigures, children: ProcessFigures) {
        var own = ProcessFigures(of: root)
        own.processorSeconds -= begin.processorSeconds
        own.kernelSeconds -= begin.kernelSeconds
        let children = ProcessFigures.descendants(of: root).map { child in
            var figures = ProcessFigures(of: child)
            figures.processorSeconds -= beginChildren[child]?.processorSeconds ?? 0
            figures.kernelSeconds -= beginChildren[child]?.kernelSeconds ?? 0
            return figures
        }
        return (own, ProcessFigures(sum: children))
    }
}
