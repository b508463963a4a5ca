internal import Glibc

/// The time of day, for what people read later; never for measuring.
public enum TimeOfDay {
    /// Microseconds since 1970.
    public static var microseconds: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}
