/// When an interaction has to be deferred, from its arrival and its age.
///
/// Discord counts the three seconds from the event's creation, which the snowflake tells; an age that cannot be true
/// means that this machine's clock is wrong, and the arrival alone counts.
struct DeferralClock: Sendable, Equatable {
    /// When the interaction arrived, on the monotonic clock.
    let received: Duration
    /// When the router defers, on the monotonic clock.
    let deferAt: Duration
    /// When suggestions are given up.
    let autocompleteBy: Duration
    /// When the handler is stopped.
    let deadline: Duration

    init(
        received: Duration, createdMilliseconds: Int64, wallMilliseconds: Int64, configuration: RouterConfiguration
    ) {
        self.received = received
        let age = Duration.milliseconds(wallMilliseconds - createdMilliseconds)
        let believable = age >= .zero && age <= configuration.believableAge
        let created = believable ? received - age : received
        deferAt = max(received, created + configuration.deferAfter)
        autocompleteBy = max(received, created + configuration.autocompleteAfter)
        deadline = received + configuration.handlerLimit
    }

    /// Milliseconds since 1970 in a snowflake.
    static func milliseconds(ofSnowflake raw: UInt64) -> Int64 {
        Int64(raw >> 22) + 1_420_070_400_000
    }
}
