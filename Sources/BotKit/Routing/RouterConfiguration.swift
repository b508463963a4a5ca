/// The times and bounds of a router.
public struct RouterConfiguration: Sendable {
    /// How long after the event the router defers by itself.
    public var deferAfter: Duration = .milliseconds(1500)
    /// How old an interaction may be, by its snowflake, before the age is taken for a wrong clock and ignored.
    public var believableAge: Duration = .seconds(3)
    /// How long after the event a list of suggestions is still worth sending.
    public var autocompleteAfter: Duration = .milliseconds(2200)
    /// How long a handler may work; Discord's tokens die at 15 minutes.
    public var handlerLimit: Duration = .seconds(14 * 60)
    /// Handlers at work at one time.
    public var maximumConcurrent: Int = 256
    /// Interactions told "too busy" at one time; beyond that they are dropped with a log line.
    public var maximumRefusals: Int = 64

    /// The defaults.
    public init() {}
}
