import FoundationEssentials
import StarcraftReplay

/// Finds replays on the disk and reads them.
enum ReplayFiles {
    /// A file that could not be read.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// The files that words name: files as they are, folders with all replays below them.
    static func find(_ words: [String]) -> [String] {
        words.flatMap { word -> [String] in
            var isFolder = false
            guard FileManager.default.fileExists(atPath: word, isDirectory: &isFolder), isFolder else { return [word] }
            let base = word.hasSuffix("/") ? word : word + "/"
            let below = (try? FileManager.default.subpathsOfDirectory(atPath: word)) ?? []
            return below.filter { $0.lowercased().hasSuffix(".sc2replay") }.sorted().map { base + $0 }
        }
    }

    /// A file's bytes; larger ones than any replay are refused before they are read.
    static func read(_ path: String, limits: ReplayLimits) throws -> [UInt8] {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let size = (attributes?[.size] as? any BinaryInteger).map({ Int(clamping: $0) }) else {
            throw Failure(description: "The file cannot be found.")
        }
        guard size <= limits.archiveBytes else {
            throw Failure(description: "The file is larger than \(limits.archiveBytes >> 20) MB; it is no replay.")
        }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure(description: "The file cannot be read; check its permissions.")
        }
        return [UInt8](data)
    }
}
