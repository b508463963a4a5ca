import Glibc
import Testing

/// A file system of a few megabytes, in memory; gone with the test, which is skipped where none can be mounted.
final class SmallDisk: Sendable {
    let path: String

    init(megabytes: Int) throws {
        path = "/tmp/backline-small-\(UInt32.random(in: 0 ... .max))"
        guard getuid() == 0 else { try Test.cancel("needs root, to mount a small file system") }
        try #require(unsafe mkdir(path, 0o777) == 0)
        guard unsafe mount("tmpfs", path, "tmpfs", 0, "size=\(megabytes)m,mode=0777") == 0 else {
            unsafe rmdir(path)
            try Test.cancel("this system lets nobody mount a small file system")
        }
    }

    /// Makes room.
    func grow(megabytes: Int) throws {
        try #require(unsafe mount("tmpfs", path, "tmpfs", UInt(MS_REMOUNT), "size=\(megabytes)m,mode=0777") == 0)
    }

    deinit {
        unsafe umount2(path, Int32(MNT_DETACH))
        unsafe rmdir(path)
    }
}
