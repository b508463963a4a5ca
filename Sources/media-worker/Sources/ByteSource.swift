import MediaPipeline

/// Bytes for FFmpeg, read by one thread.
protocol ByteSource: AnyObject {
    /// Fills the buffer with at least one byte, waiting for it, and returns how many; 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(MediaError) -> Int
    /// Goes on reading at `position`; false when that is not possible.
    func seek(to position: Int64) -> Bool
    /// The length in bytes, when known.
    var size: Int64? { get }
    /// Whether `seek` works.
    var isSeekable: Bool { get }
    /// What the answer's headers tell.
    var stream: StreamFacts { get }
    /// Ends what is still arriving.
    func close()
}

/// What is known of a source besides its bytes.
struct StreamFacts {
    /// A radio station's stream.
    var isLive = false
    /// The station's name.
    var station: String?
    /// The address after redirects; relative addresses in playlists start from it.
    var url = ""
    /// The type of the body as the server names it.
    var contentType: String?
}
