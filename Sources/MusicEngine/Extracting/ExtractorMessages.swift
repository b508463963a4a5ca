import FoundationEssentials

/// What the pool asks an extractor process; see `Extractor/README.md`.
struct ExtractorRequest: Sendable, Hashable, Encodable {
    var id = 0
    let op: String
    var query: String?
    var url: String?
    var limit: Int?
    var way: Int?
    /// Seconds the process may take.
    var deadline: Double

    /// The request as one line with its newline.
    func line() -> [UInt8]? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else { return nil }
        return Array(data) + [UInt8(ascii: "\n")]
    }

    /// Requests with the same key have the same answer.
    var key: String { "\(op) \(way ?? 0) \(limit ?? 0) \(query ?? url ?? "")" }

    /// What the circuit breaker counts together.
    var operation: String { way.map { "\(op) \($0)" } ?? op }

    /// Whether it may start a JavaScript runtime, of which one at a time is enough for a small machine.
    var isSlow: Bool { (way ?? 0) > 0 }
}

/// What an extractor process answers.
struct ExtractorAnswer: Sendable, Decodable {
    let id: Int?
    let ok: Bool
    let result: Result?
    let error: Problem?
    let retire: Bool?

    struct Problem: Sendable, Decodable {
        let code: String
    }

    struct Result: Sendable, Decodable {
        let tracks: [Song]?
        let name: String?
        let song: Song?
        let ready: Bool?
        let python: String?
        let yt_dlp: String?
        let yt_dlp_ejs: String?
        let js_runtime: String?
    }

    struct Song: Sendable, Decodable {
        let site: String
        let id: String
        let url: String
        let title: String
        let uploader: String?
        let duration: Double?
        let thumbnail: String?
        let live: Bool?
        let audio: Audio?

        var track: Track {
            Track(
                id: "\(site):\(id)", title: title, author: uploader,
                duration: duration.flatMap { $0 > 0 && $0 < 1e7 ? .milliseconds(Int($0 * 1000)) : nil },
                isLive: live ?? false, pageURL: url, artworkURL: thumbnail,
                source: .extracted(site: site, id: id, url: url))
        }

        /// Seconds since 1970 that are a date; sites' addresses may hold any digits where the date should be.
        private static func moment(_ seconds: Double?) -> Double? {
            seconds.flatMap { (0..<1e11).contains($0) ? $0 : nil }
        }

        /// The song with its audio; nil when the answer has none.
        var extracted: ExtractedSong? {
            audio.map { audio in
                ExtractedSong(
                    track: track, audioURL: audio.url, headers: audio.headers ?? [:],
                    expires: Self.moment(audio.expires), availableAt: Self.moment(audio.available_at),
                    codec: audio.codec, client: audio.client)
            }
        }
    }

    struct Audio: Sendable, Decodable {
        let url: String
        let headers: [String: String]?
        let codec: String?
        let expires: Double?
        let available_at: Double?
        let client: String?
    }

    /// The result, or the error its code stands for.
    func outcome() -> Swift.Result<Result, MusicError> {
        if ok, let result { return .success(result) }
        return .failure(Self.errors[error?.code ?? ""] ?? .extractorFailed)
    }

    private static let errors: [String: MusicError] = [
        "unavailable": .unavailable, "private": .privateSong, "age": .ageRestricted, "region": .regionBlocked,
        "bot_check": .botCheck, "refused": .addressExpired, "network": .network, "unsupported": .unsupported,
        "private_address": .privateAddressRefused, "timeout": .timedOut,
        "missing": .extractorMissing(fix: ExtractorPool.missingPackage),
    ]
}
