/// Levels of `setsockopt` that the C headers give in a form whole-module builds lose sight of.
enum SocketLevel {
    /// `IPPROTO_TCP` (IANA protocol number 6).
    static let tcp: Int32 = 6
}
