import FoundationEssentials
import Glibc

/// A folder that is gone with the test.
final class TemporaryFolder: Sendable {
    let path: String

    init(under parent: String = "/tmp") throws {
        path = "\(parent)/backline-store-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }
}

/// The program or library `name` built beside the tests.
func builtProgram(_ name: String) -> String? {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    for folders in [own, CommandLine.arguments[0]].map({ $0.split(separator: "/").dropLast() }) {
        for depth in 0..<min(4, folders.count) {
            let path = "/" + folders.dropLast(depth).joined(separator: "/") + "/" + name
            if FileManager.default.fileExists(atPath: path) { return path }
        }
    }
    let path = ".build/debug/\(name)"
    return FileManager.default.fileExists(atPath: path) ? path : nil
}
