import DiscordModel
import TestSupport
import Testing

@testable import DiscordAPI

/// Bytes from nowhere through decompressor, decoder, machine and cache: nothing crashes, nothing hangs.
struct GatewayFuzzTests {
    static let seeds = [
        #"{"op":10,"d":{"heartbeat_interval":41250,"_trace":["x"]},"s":null,"t":null}"#,
        #"{"op":0,"s":1,"t":"READY","d":{"v":10,"user":{"id":"1","username":"b"},"guilds":[{"id":"5","unavailable":true}],"session_id":"abc","resume_gateway_url":"wss://r","application":{"id":"1","flags":0},"shard":[0,1]}}"#,
        #"{"op":0,"s":2,"t":"GUILD_CREATE","d":{"id":"5","name":"g","roles":[{"id":"5","permissions":"8"}],"channels":[{"id":"6","type":2}],"members":[{"user":{"id":"1"},"roles":["5"]}],"voice_states":[{"user_id":"1","channel_id":"6"}]}}"#,
        #"{"op":0,"s":3,"t":"VOICE_STATE_UPDATE","d":{"guild_id":"5","user_id":"1","channel_id":null,"session_id":"q"}}"#,
        #"{"op":0,"s":4,"t":"INTERACTION_CREATE","d":{"id":"7","application_id":"1","type":2,"token":"t","data":{"id":"8","name":"play","type":1,"options":[{"name":"q","type":3,"value":"x"}]}}}"#,
        #"{"op":1}"#, #"{"op":7}"#, #"{"op":9,"d":true}"#, #"{"op":11}"#, #"{"op":0,"s":9,"t":"RESUMED","d":{}}"#,
    ].map { Array($0.utf8) }

    @Test(arguments: GatewayCompression.allCases)
    func mutations(compression: GatewayCompression) throws {
        var random = SeededRandom(seed: 99)
        let frames = CompressionTests.compress(Self.seeds, compression)
        let cache = GuildCache()
        var understood = 0
        for round in 0..<400 {
            var driver = MachineDriver(seed: UInt64(round))
            let decompressor = try StreamDecompressor(compression, limit: 1 << 16)
            driver.connect()
            for frame in frames {
                var bytes = frame
                if Int.random(in: 0..<3, using: &random) == 0 {
                    for _ in 0..<Int.random(in: 1...4, using: &random) {
                        let position = Int.random(in: 0..<bytes.count, using: &random)
                        bytes[position] = UInt8.random(in: 0...255, using: &random)
                    }
                }
                do {
                    guard let message = try decompressor.push(bytes) else { continue }
                    let frame = try GatewayFrame(message)
                    understood += 1
                    driver.handle(.frame(frame), after: .milliseconds(10))
                    for case .dispatch(let event) in driver.last {
                        cache.apply(event)
                        _ = cache.ownPermissions(in: 6, of: 5)
                    }
                } catch is ModelError {
                    driver.handle(.malformed)
                } catch is GatewayFailure {
                    driver.handle(.corrupt)
                    break
                }
            }
            driver.handle(.stop)
            #expect(driver.machine.deadline == nil)
        }
        #expect(understood > 400)
    }
}
