import DiscordAPI
import DiscordModel
import Networking
import ServiceKit

/// Our side of the REST benchmark: a process that posts messages with the real client and rate limiter.
struct RestClient {
    private let url: String
    private let channels: Int
    private let messages: Int
    private let together: Bool
    private let globalLimit: Int

    /// Takes what to post where.
    init(_ words: inout ArgumentReader) throws {
        url = try words.option("--url") ?? ""
        channels = try words.number("--channels", in: 1...1_000) ?? 1
        messages = try words.number("--messages", in: 1...100_000) ?? 1
        together = words.flag("--together")
        globalLimit = try words.number("--global-limit", in: 1...1_000_000) ?? 50
        try words.finish()
    }

    /// Says `ready`, posts everything when told `start`, says `done`, and ends when told `stop`.
    func run() async throws {
        LogOutput.shared.setLevel(.error)
        let input = BoundedChannel<String>(capacity: 4)
        LineReader.start(into: input)
        let http = HTTPClient()
        let rest = DiscordREST(
            token: "MTAw.benchmark.token", baseURL: url, transport: http,
            limiter: RateLimiter(globalLimit: globalLimit))
        _ = try await rest.currentUser()
        say("ready")
        _ = await input.next()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for channel in 0..<channels {
                let id = ChannelID(UInt64(5_000 + channel))
                for task in 0..<(together ? messages : 1) {
                    group.addTask {
                        for number in together ? task..<task + 1 : 0..<messages {
                            // At the default time limit a queue of many seconds would be given up.
                            try await rest.createMessage(
                                in: id, MessageBody(content: "message \(number)"),
                                options: RequestOptions(timeout: .seconds(300)))
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        say("done")
        _ = await input.next()
        http.close()
    }
}
