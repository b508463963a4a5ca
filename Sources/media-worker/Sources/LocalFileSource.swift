import Glibc
import MediaPipeline

/// A regular file.
final class LocalFileSource: ByteSource {
    private let descriptor: Int32
    private var position: Int64 = 0
    private let control: SessionControl
    let size: Int64?
    let isSeekable = true
    let stream = StreamFacts()

    /// Opens `path`; devices, pipes and folders are refused without being touched further.
    init(path: String, control: SessionControl) throws(MediaError) {
        guard !path.utf8.contains(0) else { throw .notFound }
        descriptor = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        self.control = control
        guard descriptor >= 0 else {
            size = nil
            switch errno {
            case EACCES, EPERM: throw .forbidden("the file may not be read")
            case EMFILE, ENFILE, ENOMEM: throw .outOfResources
            default: throw .notFound
            }
        }
        var status = stat()
        let known = unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
        size = known ? Int64(status.st_size) : nil
        guard known else { throw .forbidden("only regular files are played") }
    }

    deinit {
        if descriptor >= 0 { Glibc.close(descriptor) }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(MediaError) -> Int {
        if let reason = control.stopReason { throw reason }
        while true {
            let count = unsafe pread(descriptor, buffer.baseAddress, buffer.count, Int(position))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .broken("the disk cannot read it") }
            position += Int64(count)
            try control.read(count)
            return count
        }
    }

    func seek(to position: Int64) -> Bool {
        guard position >= 0 else { return false }
        self.position = position
        return true
    }

    func close() {}
}
