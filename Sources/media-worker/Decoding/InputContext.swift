import CFFmpeg
import MediaPipeline

/// A byte source as FFmpeg reads it. The context owns the source: `close` ends both.
@safe enum InputContext {
    private final class Box {
        let source: any ByteSource
        let opener: SourceOpener

        private var count = 0
        private var isPlaylist = false

        init(_ source: any ByteSource, _ opener: SourceOpener) {
            self.source = source
            self.opener = opener
        }

        /// Reads on; a playlist, which FFmpeg keeps in memory as a whole, must come to an end.
        func read(into buffer: UnsafeMutableRawBufferPointer) throws(MediaError) -> Int {
            let read = unsafe try source.read(into: buffer)
            if count == 0 { isPlaylist = unsafe buffer.prefix(read).starts(with: "#EXTM3U".utf8) }
            count += read
            guard !isPlaylist || count <= InputContext.longestPlaylist else { throw .broken("its playlist has no end") }
            return read
        }
    }

    private static let longestPlaylist = 4 << 20
    private static let bufferBytes = 32 << 10

    /// Wraps `source`; failures of reading are kept in `opener`.
    static func open(
        _ source: any ByteSource, opener: SourceOpener
    ) throws(MediaError) -> UnsafeMutablePointer<AVIOContext> {
        let box = unsafe Unmanaged.passRetained(Box(source, opener)).toOpaque()
        guard let buffer = unsafe av_malloc(bufferBytes),
            let context = unsafe avio_alloc_context(
                buffer.assumingMemoryBound(to: UInt8.self), Int32(bufferBytes), 0, box, readPacket, nil, seek)
        else {
            unsafe Unmanaged<Box>.fromOpaque(box).release()
            throw .outOfResources
        }
        unsafe context.pointee.seekable = source.isSeekable ? AVIO_SEEKABLE_NORMAL : 0
        return unsafe context
    }

    /// Ends the source and frees the context.
    static func close(_ context: UnsafeMutablePointer<AVIOContext>?) {
        guard let context = unsafe context else { return }
        if let opaque = unsafe context.pointee.opaque {
            let box = unsafe Unmanaged<Box>.fromOpaque(opaque).takeRetainedValue()
            box.source.close()
            unsafe context.pointee.opaque = nil
        }
        unsafe av_free(context.pointee.buffer)
        var freed: UnsafeMutablePointer<AVIOContext>? = unsafe context
        unsafe avio_context_free(&freed)
    }

    private static let readPacket:
        @convention(c) (UnsafeMutableRawPointer?, UnsafeMutablePointer<UInt8>?, Int32) -> Int32 = {
            opaque, target, count in
            guard let opaque = unsafe opaque, let target = unsafe target, count > 0 else {
                return backline_error_invalid_data()
            }
            let box = unsafe Unmanaged<Box>.fromOpaque(opaque).takeUnretainedValue()
            do throws(MediaError) {
                let buffer = unsafe UnsafeMutableRawBufferPointer(start: target, count: Int(count))
                let read = unsafe try box.read(into: buffer)
                return read > 0 ? Int32(read) : backline_error_eof()
            } catch {
                box.opener.failure = box.opener.failure ?? error
                return box.opener.mustStop ? backline_error_exit() : -EIO
            }
        }

    private static let seek: @convention(c) (UnsafeMutableRawPointer?, Int64, Int32) -> Int64 = {
        opaque, offset, whence in
        guard let opaque = unsafe opaque else { return -1 }
        let source = unsafe Unmanaged<Box>.fromOpaque(opaque).takeUnretainedValue().source
        switch whence & ~AVSEEK_FORCE {
        case AVSEEK_SIZE: return source.size ?? -1
        case SEEK_SET: return source.seek(to: offset) ? offset : -1
        case SEEK_END:
            guard let size = source.size, source.seek(to: size + offset) else { return -1 }
            return size + offset
        default: return -1
        }
    }
}
