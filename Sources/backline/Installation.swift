import FoundationEssentials
import MusicEngine

/// Where the parts of this installation are: the checkout's folder and the programs beside this one.
struct Installation {
    /// The checkout: the folder with `Library` and `Extractor`.
    let home: String
    /// The folder of the running program and its `media-worker`.
    let programs: String

    /// Finds the installation from `BACKLINE_HOME`, else from the place of the running program.
    static func find() -> Installation {
        let executable = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "backline"
        let programs = folder(of: executable)
        if let home = ProcessInfo.processInfo.environment["BACKLINE_HOME"], !home.isEmpty {
            return Installation(home: home, programs: programs)
        }
        var folder = programs
        while folder.count > 1 {
            if FileManager.default.fileExists(atPath: folder + "/Extractor") {
                return Installation(home: folder, programs: programs)
            }
            folder = Self.folder(of: folder)
        }
        return Installation(home: programs, programs: programs)
    }

    /// The media worker's program.
    var mediaWorker: String { programs + "/media-worker" }

    /// The songs that ship with the program.
    var library: String { home + "/Library" }

    /// Where everything is kept that must outlive the program.
    var data: String { home + "/data" }

    /// The yt-dlp worker's script.
    var extractor: String { home + "/Extractor/extractor.py" }

    /// The Python of the private virtual environment when it exists, else the system's.
    var python: String {
        let own = home + "/.venv/bin/python3"
        return FileManager.default.isExecutableFile(atPath: own) ? own : "python3"
    }

    /// Where the file of a library song is.
    func path(of song: Track) throws(MusicError) -> String {
        guard case .library(let file) = song.source else { throw .librarySongMissing(name: song.title) }
        return try MusicLibrary(folder: library).path(of: file)
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
