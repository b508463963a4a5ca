import MediaPipeline
import Networking

/// Opens every source of one song: the song itself and whatever a playlist in it names. It remembers why reading failed,
/// because FFmpeg only passes a number on.
final class SourceOpener {
    private let request: MediaRequest
    private let control: SessionControl
    private let fetcher: Fetcher
    /// The first failure of a source since it was last asked for.
    var failure: MediaError?

    /// An opener under the limits of `request`.
    init(request: MediaRequest, control: SessionControl, fetcher: Fetcher) {
        self.request = request
        self.control = control
        self.fetcher = fetcher
    }

    /// Opens the song itself.
    func open() throws(MediaError) -> any ByteSource {
        switch request.source {
        case .file(let path): try LocalFileSource(path: path, control: control)
        case .http(let url, let headers): try follow(openWeb(url, headers), url, headers)
        }
    }

    private func openWeb(_ url: String, _ headers: [String: String]) throws(MediaError) -> HTTPSource {
        try HTTPSource(
            target: HTTPSource.Target(url: url, headers: headers, range: nil), request: request, fetcher: fetcher,
            control: control)
    }

    /// What a station list names, when the source is one; the first stream that opens is taken, lists in lists are not.
    private func follow(
        _ source: HTTPSource, _ url: String, _ headers: [String: String]
    ) throws(MediaError) -> any ByteSource {
        guard StationList.mayBe(contentType: source.stream.contentType, url: source.stream.url) else { return source }
        guard let list = StationList(try source.beginning(StationList.maximumBytes + 1)) else {
            // Something else under a list's name, such as an HLS playlist: from its start again.
            if source.seek(to: 0) { return source }
            source.close()
            return try openWeb(url, headers)
        }
        source.close()
        var problem = MediaError.unreachable("none of the streams in its list answers")
        for address in list.addresses.prefix(3) {
            do throws(MediaError) {
                return try openWeb(address, Self.headers(headers, from: url, to: address))
            } catch {
                if let reason = control.stopReason { throw reason }
                problem = error
            }
        }
        throw problem
    }

    /// Opens what a playlist names. Only http and https are followed, so that a playlist cannot read files of this machine;
    /// the policy for addresses is checked again.
    func openNested(
        _ address: String, offset: Int64?, end: Int64?, key: String?, vector: String?
    ) throws(MediaError) -> any ByteSource {
        var address = address
        var encrypted = false
        for prefix in ["crypto+", "crypto:"] where address.hasPrefix(prefix) {
            address.removeFirst(prefix.count)
            encrypted = true
        }
        guard address.hasPrefix("http://") || address.hasPrefix("https://") else {
            throw .forbidden("its playlist points to something that is not on the web")
        }
        guard case .http(let url, let headers) = request.source else {
            throw .forbidden("a file of the library may not point elsewhere")
        }
        var target = HTTPSource.Target(
            url: address, headers: Self.headers(headers, from: url, to: address), range: nil, asksForRanges: false)
        if let offset { target.range = (from: offset, to: end) }
        let source = try HTTPSource(target: target, request: request, fetcher: fetcher, control: control)
        guard encrypted else { return source }
        guard let key, let vector else { throw .unsupported("its key is missing") }
        return try DecryptingSource(source, key: key, vector: vector)
    }

    /// Why a call of FFmpeg that returned an error failed; `otherwise` when no source is to blame.
    func reason(otherwise: MediaError) -> MediaError {
        control.stopReason ?? failure ?? otherwise
    }

    /// Whether the session must end now.
    var mustStop: Bool { control.stopReason != nil }

    /// Secrets of the song's own server are not told to others that its playlist names.
    private static func headers(_ headers: [String: String], from: String, to: String) -> [String: String] {
        func host(_ url: String) -> Substring {
            url.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true).dropFirst().first ?? ""
        }
        guard host(from) != host(to) else { return headers }
        return headers.filter { !["authorization", "cookie", "proxy-authorization"].contains($0.key.lowercased()) }
    }
}
