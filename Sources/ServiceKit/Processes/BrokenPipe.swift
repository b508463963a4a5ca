import Glibc

/// SIGPIPE, which ends a process that writes to a pipe or socket nobody reads: switched off, so that the write fails with
/// EPIPE instead and its caller deals with it.
public enum BrokenPipe {
    /// Touched by whoever writes to such descriptors; does its work once.
    public static let isIgnored: Bool = {
        signal(SIGPIPE, SIG_IGN)
        return true
    }()
}
