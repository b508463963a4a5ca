import FoundationEssentials
import Glibc
import MLSVectors
import ServiceKit

/// `backline mls-vectors`: runs files of the MLS working group's test vectors.
enum VectorsCommand {
    /// One entry as `--json` prints it.
    private struct Line: Encodable {
        var file: String
        var entry: Int
        var kind: String
        var outcome: String
        var reason: String?

        init(_ file: String, _ result: VectorResult) {
            self.file = file
            entry = result.index
            kind = result.kind?.rawValue ?? "unknown kind"
            switch result.outcome {
            case .passed: outcome = "passed"
            case .failed(let why): (outcome, reason) = ("failed", why)
            case .unsupported(let why): (outcome, reason) = ("unsupported", why)
            }
        }
    }

    static func run(_ arguments: ArgumentReader) throws -> Int32 {
        var arguments = arguments
        let asJSON = arguments.flag("--json")
        var files: [String] = []
        while let file = arguments.word() { files.append(file) }
        try arguments.finish()
        guard !files.isEmpty else {
            Program.complain("mls-vectors needs at least one file. See: backline mls-vectors --help")
            return 2
        }
        var lines: [Line] = []
        var unreadable = 0
        for file in files {
            do {
                lines += try read(file)
            } catch {
                unreadable += 1
                Program.complain("\(file): \(error)")
            }
        }
        let counts = ["passed", "failed", "unsupported"].map { outcome in
            (outcome, lines.count { $0.outcome == outcome })
        }
        if asJSON {
            print(String(decoding: try JSONEncoder().encode(lines), as: UTF8.self))
        } else {
            for line in lines {
                let reason = line.reason.map { ": \($0)" } ?? ""
                print("\(line.file) entry \(line.entry) (\(line.kind)) \(line.outcome)\(reason)")
            }
            let sums = counts.map { "\($0.1) \($0.0)" }.joined(separator: ", ")
            print("\(sums) in \(files.count) file\(files.count == 1 ? "" : "s")")
        }
        return unreadable > 0 || lines.contains { $0.outcome == "failed" } ? 1 : 0
    }

    private static func read(_ path: String) throws -> [Line] {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else {
            throw VectorFile.Unreadable("the file cannot be read; check its name and permissions")
        }
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return try VectorFile.run(data).map { Line(name, $0) }
    }
}
