/// The limits and pauses of a voice connection; the defaults keep a join within two seconds on a healthy line.
package struct VoiceTimings: Sendable {
    /// How long the main gateway may take to answer op 4 with both events.
    package var serverWait: Duration = .seconds(5)
    /// How long an announced new endpoint may take (region change).
    package var regionWait: Duration = .seconds(30)
    /// How long after 4014 or 4022 a new server may be announced.
    package var moveWait: Duration = .seconds(10)
    /// How long opening the WebSocket may take.
    package var openLimit: Duration = .seconds(5)
    /// How long each answer of the voice gateway may take during the handshake.
    package var answerLimit: Duration = .seconds(5)
    /// After this long without a reply the IP discovery request is repeated.
    package var discoveryRepeat: Duration = .milliseconds(400)
    /// How long IP discovery may take in all.
    package var discoveryLimit: Duration = .seconds(4)
    /// Longest pause between heartbeats, whatever Hello allows: a dead server is noticed within two of them.
    package var longestHeartbeat: Duration = .seconds(5)
    /// Pause between the pings that keep the way through address translators open.
    package var keepalive: Duration = .seconds(5)
    /// After this long without trouble, earlier attempts are forgotten.
    package var stableAfter: Duration = .seconds(30)
    /// The second attempt's delay; it doubles from there. The first attempt is made at once.
    package var backoffBase: Duration = .milliseconds(500)
    /// The longest delay between attempts.
    package var backoffLimit: Duration = .seconds(60)
    /// Attempts in a row before giving up, when there never was a connection.
    package var firstAttempts = 5
    /// Attempts in a row before giving up, when there was one: about ten minutes.
    package var laterAttempts = 16
    /// How long `connect` waits in all: a first join ends then, a connection being mended goes on.
    package var connectLimit: Duration = .seconds(20)
    /// Op 4 left unanswered this often in a row ends a first join.
    package var unansweredJoins = 2

    /// The defaults.
    package init() {}
}
