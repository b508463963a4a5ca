import Glibc
import MediaPipeline
public import ServiceKit
import Synchronization

/// The songs in one folder of this machine, by names relative to it; nothing outside the folder is ever reached.
public final class MusicLibrary: Sendable {
    private struct Song: Sendable {
        var track: Track
        var text: SearchText
        var stamp: FileStamp
    }

    private struct State {
        var songs: [String: Song] = [:]
        var scanned: Duration?
    }

    private let folder: String?
    private let time: any TimeSource
    private let state = Mutex(State())

    /// How long a listing of the folder is believed.
    private static let listingLifetime: Duration = .seconds(10)
    /// Songs listed at most.
    private static let songLimit = 10_000
    private static let depthLimit = 5
    private static let extensions: Set<String> = [
        "opus", "ogg", "oga", "webm", "mp3", "flac", "wav", "m4a", "aac", "mka", "mp4", "aiff", "aif",
    ]

    /// The library in `folder`; a folder that does not exist is an empty library.
    public init(folder: String, time: any TimeSource = SystemTime.shared) {
        self.folder = Self.realPath(folder)
        self.time = time
    }

    /// All songs, in the order of their file names.
    public func tracks() -> [Track] {
        refresh()
        return state.withLock { state in
            state.songs.sorted { $0.key < $1.key }.map(\.value.track)
        }
    }

    /// Songs whose title, artist or file name has all words (each may be a beginning), best first; no words mean all songs.
    public func search(_ words: String, limit: Int) -> [Track] {
        refresh()
        let query = SearchText(words)
        let found = state.withLock { state in
            state.songs.compactMap { file, song in song.text.score(for: query).map { (file, $0, song.track) } }
        }
        return found.sorted { ($1.1, $0.0) < ($0.1, $1.0) }.prefix(max(0, limit)).map(\.2)
    }

    /// The song with exactly this file name or this title, when there is one.
    public func song(named name: String) -> Track? {
        refresh()
        let wanted = SearchText(name)
        return state.withLock { state in
            if let song = state.songs[name] { return song.track }
            guard !wanted.words.isEmpty else { return nil }
            return state.songs.sorted { $0.key < $1.key }
                .first { SearchText($0.value.track.title) == wanted }?.value.track
        }
    }

    /// The path of a song's file, after every link was followed; an error when it is not a file inside the folder.
    public func path(of file: String) throws(MusicError) -> String {
        guard let folder, !file.isEmpty, file.utf8.count <= 1024, !file.hasPrefix("/"), !file.utf8.contains(0),
            !file.split(separator: "/").contains(".."), let path = Self.realPath(folder + "/" + file),
            path.hasPrefix(folder == "/" ? "/" : folder + "/"), FileStamp(path: path) != nil
        else { throw .librarySongMissing(name: String(file.prefix(200))) }
        return path
    }

    /// The songs whose tags have not been read since their files changed.
    func untagged() -> [Track] {
        refresh()
        return state.withLock { state in
            state.songs.values.filter { !$0.stamp.isTagged }.map(\.track).sorted { $0.id < $1.id }
        }
    }

    /// Notes what a look into the file of a song has told.
    func tag(_ file: String, with info: MediaInfo?) {
        state.withLock { state in
            guard var song = state.songs[file] else { return }
            song.stamp.isTagged = true
            if let title = info?.title?.trimmingSpaces(), !title.isEmpty {
                song.track.title = String(title.prefix(200))
            }
            if let artist = info?.artist?.trimmingSpaces(), !artist.isEmpty {
                song.track.author = String(artist.prefix(200))
            }
            song.track.duration = info?.duration
            song.text = Self.text(of: song.track, file: file)
            state.songs[file] = song
        }
    }

    private static func text(of track: Track, file: String) -> SearchText {
        SearchText("\(track.title) \(track.author ?? "") \(file)")
    }

    /// Lists the folder again when the last listing is old; songs whose files are unchanged keep their tags.
    private func refresh() {
        guard let folder else { return }
        let now = time.now
        let isDue = state.withLock { state in
            if let scanned = state.scanned, now - scanned < Self.listingLifetime { return false }
            state.scanned = now
            return true
        }
        guard isDue else { return }
        var files: [String: FileStamp] = [:]
        list(folder, below: "", depth: 0, into: &files)
        state.withLock { state in
            var songs: [String: Song] = [:]
            for (file, stamp) in files {
                if let known = state.songs[file], known.stamp.isSame(as: stamp) {
                    songs[file] = known
                } else {
                    let track = Track(
                        id: "library:\(file)", title: Self.title(of: file), source: .library(file: file))
                    songs[file] = Song(track: track, text: Self.text(of: track, file: file), stamp: stamp)
                }
            }
            state.songs = songs
        }
    }

    private func list(_ path: String, below prefix: String, depth: Int, into files: inout [String: FileStamp]) {
        guard depth < Self.depthLimit, let directory = unsafe opendir(path) else { return }
        defer { unsafe closedir(directory) }
        while files.count < Self.songLimit, let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            guard !name.hasPrefix(".") else { continue }
            let file = prefix + name
            var information = stat()
            // Linked folders are not followed: a link to its own parent would never end.
            guard unsafe lstat(path + "/" + name, &information) == 0 else { continue }
            if information.st_mode & S_IFMT == S_IFDIR {
                list(path + "/" + name, below: file + "/", depth: depth + 1, into: &files)
            } else if let dot = name.lastIndex(of: "."),
                Self.extensions.contains(name[name.index(after: dot)...].lowercased()),
                let safe = try? self.path(of: file), let stamp = FileStamp(path: safe)
            {
                files[file] = stamp
            }
        }
    }

    /// `songs/blue-danube_waltz.opus` → `blue danube waltz`, until the tags are read.
    private static func title(of file: String) -> String {
        let name = file.split(separator: "/").last.map(String.init) ?? file
        let stem = name.lastIndex(of: ".").map { String(name[..<$0]) } ?? name
        return String(stem.map { $0 == "_" || $0 == "-" ? " " : $0 })
    }

    private static func realPath(_ path: String) -> String? {
        guard let resolved = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }
}

/// What tells that a file has not changed since its tags were read.
private struct FileStamp: Sendable {
    let size: Int
    let modified: Int
    var isTagged = false

    /// The stamp of a regular file; nil when there is none.
    init?(path: String) {
        var information = stat()
        guard unsafe stat(path, &information) == 0, information.st_mode & S_IFMT == S_IFREG else { return nil }
        size = Int(information.st_size)
        modified = information.st_mtim.tv_sec &* 1_000_000_000 &+ information.st_mtim.tv_nsec
    }

    func isSame(as other: FileStamp) -> Bool { size == other.size && modified == other.modified }
}
