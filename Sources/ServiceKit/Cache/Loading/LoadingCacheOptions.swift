import Glibc

/// How a loading cache behaves.
public struct LoadingCacheOptions: Sendable {
    /// The lifetime of values that are loaded without one of their own.
    public var lifetime: CacheLifetime
    /// For how long a failed load is remembered, so that it is not tried again at once; nil (or zero) for not at all.
    public var remembersFailure: @Sendable (any Error) -> Duration?
    /// Failures remembered at most; they have a place of their own and never cost a value its place.
    public var failures: Int
    /// Loads in the background at a time, at most; stale and ageing entries beyond wait for the next request.
    public var backgroundLoads: Int
    /// Keys whose popularity is followed, at most; 0 turns warming off.
    public var followedKeys: Int
    /// Writes to the persistent tier that may wait; beyond it the oldest is dropped.
    public var pendingWrites: Int
    /// How often what waits is written and what has expired is freed.
    public var upkeepInterval: Duration

    /// The usual behaviour: no failures are remembered.
    public init(
        lifetime: CacheLifetime, failures: Int = 256, backgroundLoads: Int = 32, followedKeys: Int = 4096,
        pendingWrites: Int = 1024, upkeepInterval: Duration = .seconds(1),
        remembersFailure: @escaping @Sendable (any Error) -> Duration? = { _ in nil }
    ) {
        self.lifetime = lifetime
        self.failures = max(1, failures)
        self.backgroundLoads = max(0, backgroundLoads)
        self.followedKeys = max(0, followedKeys)
        self.pendingWrites = max(1, pendingWrites)
        self.upkeepInterval = upkeepInterval
        self.remembersFailure = remembersFailure
    }
}

/// The time since 1970, for what outlives the process.
public struct WallClock: Sendable {
    /// The time since 1970 now.
    public let now: @Sendable () -> Duration

    /// A clock that answers with `now`.
    public init(now: @escaping @Sendable () -> Duration) {
        self.now = now
    }

    /// The machine's clock.
    public static let system = WallClock {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
