/// How long DAVE waits for what, before it mends itself.
package struct DAVELimits: Sendable {
    /// For a commit or welcome (29, 30) after our key package or commit, when others take part.
    package var answer: Duration = .milliseconds(1_500)
    /// For members that showed no sign of DAVE: then the key package is sent again.
    package var patience: Duration = .seconds(4)
    /// For 22 after a transition was prepared; the server waits about two seconds for slow members.
    package var execution: Duration = .seconds(2)
    /// How long a song waits for keys in all, before silence takes its place.
    package var hold: Duration = .seconds(6)
    /// The same when we were in the channel first and nobody else has shown a sign of DAVE.
    package var holdWhenFirst: Duration = .seconds(3)
    /// Delay of the second mending in a row; it doubles from there.
    package var backoffBase: Duration = .seconds(2)
    /// The longest delay between mendings.
    package var backoffLimit: Duration = .seconds(60)
    /// The shortest time between two fresh voice sessions; it doubles with each.
    package var renewalBase: Duration = .seconds(5)
    /// The longest time between fresh voice sessions.
    package var renewalLimit: Duration = .seconds(240)
    /// The shortest time between two mendings because a member cannot be heard; it doubles with each.
    package var deafnessBase: Duration = .seconds(30)
    /// The longest time between them.
    package var deafnessLimit: Duration = .seconds(3_600)
    /// After this long with a key, earlier troubles are forgotten.
    package var stable: Duration = .seconds(15)

    /// The defaults.
    package init() {}

    /// `base` doubled `count` times, at most `limit`.
    static func doubled(_ base: Duration, _ count: Int, limit: Duration) -> Duration {
        min(limit, base * (1 << min(max(count, 0), 16)))
    }
}
