public import MediaPipeline

/// Opens songs with the media worker pool.
public struct MediaWorkers: MediaOpening {
    private let pool: MediaWorkerPool
    private let allowedPrivateHosts: Set<String>

    /// Songs from `pool`; `allowedPrivateHosts` are `host:port` texts that may be fetched although their addresses are
    /// private, as the resolver's settings have them.
    public init(_ pool: MediaWorkerPool, allowedPrivateHosts: Set<String> = []) {
        self.pool = pool
        self.allowedPrivateHosts = allowedPrivateHosts
    }

    /// Starts delivering a song.
    public func open(_ request: MediaRequest) async throws(MediaError) -> any AudioStream {
        var request = request
        request.allowPrivateNetwork.formUnion(allowedPrivateHosts)
        return try await pool.open(request)
    }

    /// Looks at a song without playing it.
    public func probe(_ source: MediaSource) async throws(MediaError) -> MediaInfo {
        try await pool.probe(source, allowPrivateNetwork: allowedPrivateHosts)
    }
}

extension MediaSession: AudioStream {}
