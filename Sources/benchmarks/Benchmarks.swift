import Glibc
import ServiceKit

/// Measures Backline against other Discord libraries, side by side in one run.
@main
struct Benchmarks {
    private static let usage = """
        benchmarks voice    playing the same Opus file: processor time, memory, lateness (against discord.py)
        benchmarks gateway  reading the same gateway stream (against discord.py and hikari)
        benchmarks rest     talking to the same HTTP server (against discord.py and hikari)
        benchmarks dave     end-to-end encryption of the same frames (against davey and dave.py)
        benchmarks memory   the memory of `backline run` in the sandbox, idle and playing
        benchmarks replay   reading StarCraft II replays (against sc2reader, s2protocol, spawningtool and libbz2 alone)
        benchmarks cache    hit ratios and speed of the cache (against cachebox, moka-py, theine, cachetools, diskcache)
        benchmarks store    rows per second and acknowledged writes on SQLite, PostgreSQL and the journal

        Options for all: --rounds N, --python PATH (with Tests/Foreign/requirements.txt installed), --json
        voice: --streams 1,10,100,500  --seconds N  --song FILE  --media-worker PATH
          --programs backline_aes,backline_xchacha,discordpy_ffmpeg,discordpy_ogg,discordpy_pcm
        gateway: --events N    rest: --requests N    memory: --guilds 0,10,100  --backline PATH
        dave: --seconds N  --streams N    replay: --replays FOLDER  --repeats N
        cache: --traces FOLDER  --without-peers; or of one trace: --trace FILE --format u32 --entries N
        store: --rows N  --folder PATH  --postgres URL (without it a server of its own is started)

        Each prints a table; with --json one JSON line comes last. What is counted on each side is told in
        Documentation/performance.md.
        """

    static func main() async {
        var words = ArgumentReader(Array(CommandLine.arguments.dropFirst()))
        let command = words.word()
        do {
            switch command {
            case "voice": try await VoiceBenchmark(&words).run()
            case "voice-sink":
                var sink = try VoiceSink(&words)
                try sink.run()
            case "voice-streams": try await VoiceStreams(&words).run()
            case "gateway": try await GatewayBenchmark(&words).run()
            case "gateway-reader": try await GatewayReader(&words).run()
            case "rest": try await RestBenchmark(&words).run()
            case "rest-server": try await RestServer(&words).run()
            case "rest-client": try await RestClient(&words).run()
            case "dave": try await DaveBenchmark(&words).run()
            case "cache": try await CacheBenchmark(&words).run()
            case "store": try await StoreBenchmark(&words).run()
            case "memory": try await MemoryBenchmark(&words).run()
            case "replay": try await ReplayBenchmark(&words).run()
            case "replay-reader": try await ReplayReader(&words).run()
            default:
                say(usage)
                exit(command == nil || command == "help" ? 0 : 2)
            }
        } catch {
            say("benchmarks: \(error)", on: STDERR_FILENO)
            exit(1)
        }
    }
}
