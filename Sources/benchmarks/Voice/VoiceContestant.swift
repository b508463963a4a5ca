/// A program that plays songs to a sink, in one of the ways that are compared.
struct VoiceContestant: Hashable {
    /// The ways, in the order of the table's rows; the first is what the others are held against.
    static let all = [
        VoiceContestant(name: "Backline, aes256_gcm", key: "backline_aes", isOurs: true, choice: "aes"),
        VoiceContestant(name: "Backline, xchacha20", key: "backline_xchacha", isOurs: true, choice: "xchacha"),
        VoiceContestant(name: "discord.py, FFmpegOpusAudio", key: "discordpy_ffmpeg", isOurs: false, choice: "ffmpeg"),
        VoiceContestant(name: "discord.py, Ogg in process", key: "discordpy_ogg", isOurs: false, choice: "ogg"),
        VoiceContestant(
            name: "discord.py, FFmpegPCMAudio", key: "discordpy_pcm", isOurs: false, choice: "pcm", mostStreams: 10),
    ]

    /// How the table calls it.
    let name: String
    /// How the JSON line calls it.
    let key: String
    /// Whether it is Backline.
    let isOurs: Bool
    /// The cipher for Backline, the audio source for discord.py.
    let choice: String
    /// With more streams it is left out: it decodes and encodes, and would only measure a machine that is full.
    var mostStreams = Int.max
}

/// What was measured of one contestant with one number of streams.
struct VoiceSample {
    /// Streams asked for.
    var streams = 0
    /// Length of the measurement in seconds, by the sink's clock.
    var seconds = 0.0
    /// Processor seconds of the process that sends.
    var ownSeconds = 0.0
    /// The part of them spent in the kernel.
    var kernelSeconds = 0.0
    /// Processor seconds of the processes it started.
    var childSeconds = 0.0
    /// Processor seconds, children's included, from the order to play until the measurement, what playing took left out.
    var startSeconds = 0.0
    /// The sending process before it had a stream.
    var idle = ProcessFigures()
    /// The sending process at the end.
    var own = ProcessFigures()
    /// Its children at the end.
    var children = ProcessFigures()
    /// Lateness in microseconds.
    var p50 = 0.0
    var p99 = 0.0
    var maximum = 0.0
    /// Different packets that arrived, as a part of those due (streams × 50 a second).
    var delivered = 0.0
    /// Packets missing between others.
    var lost = 0

    /// Minutes of sound that arrived: a stream that could not keep up counts for what it sent.
    private var streamMinutes: Double { delivered * Double(streams) * seconds / 60 }
    /// Processor milliseconds per stream and minute, of the sending process.
    var ownPerStreamMinute: Double { ownSeconds * 1_000 / streamMinutes }
    /// The same with its children.
    var allPerStreamMinute: Double { (ownSeconds + childSeconds) * 1_000 / streamMinutes }
    /// The same for the sending process without the kernel's part.
    var userPerStreamMinute: Double { max(0, ownSeconds - kernelSeconds) * 1_000 / streamMinutes }
    /// Streams that one processor second per second would carry, children included.
    var streamsPerProcessor: Double { streamMinutes * 60 / (ownSeconds + childSeconds) }
}
