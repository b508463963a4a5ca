@testable import DiscordAPI
import DiscordModel

/// A shard's machine with what its owner does around it.
struct ShardUnderTest {
    private var machine = ShardMachine(
        shard: ShardID(0, of: 1), configuration: GatewayConfiguration(token: "token", intents: []),
        url: "wss://gateway.example", random: RepeatedRandom())
    private var now: Duration = .zero
    private let cache = GuildCache(maximumGuilds: 8, maximumMembers: 4)

    init() {
        check(machine.handle(.start, now: now))
        check(machine.handle(.permitGranted, now: now))
        check(machine.handle(.opened, now: now))
    }

    mutating func take(_ line: [UInt8]) {
        now += .milliseconds(50)
        guard line.first != UInt8(ascii: "!") else { return happen(line.dropFirst()) }
        checkJSON(line)
        do {
            check(machine.handle(.frame(try GatewayFrame(line)), now: now))
        } catch {
            check(machine.handle(.malformed, now: now))
        }
    }

    private mutating func happen(_ line: ArraySlice<UInt8>) {
        let rest = line.dropFirst()
        switch line.first {
        case UInt8(ascii: "g"): check(machine.handle(.start, now: now))
        case UInt8(ascii: "p"): check(machine.handle(.permitGranted, now: now))
        case UInt8(ascii: "o"): check(machine.handle(.opened, now: now))
        case UInt8(ascii: "f"): check(machine.handle(.openFailed, now: now))
        case UInt8(ascii: "z"): check(machine.handle(.corrupt, now: now))
        case UInt8(ascii: "x"): check(machine.handle(.stop, now: now))
        case UInt8(ascii: "b"): machine.setDeliveryBlocked(rest.isEmpty, now: now)
        case UInt8(ascii: "c"):
            let code = rest.prefix(5).reduce(0) { $0 * 10 + Int($1 & 15) }
            check(machine.handle(.closed(code: code), now: now))
        case UInt8(ascii: "s"):
            guard let data = try? JSON.parse(Array(rest)) else { return }
            check((try? machine.send(.other(GatewayOpcode(rawValue: 8), data), now: now)) ?? [])
        default: passTime()
        }
    }

    /// Goes to the deadline, which must not stay where it is for ever.
    private mutating func passTime() {
        guard let deadline = machine.deadline else { return }
        now = max(now, deadline)
        for _ in 0..<16 {
            check(machine.handle(.time, now: now))
            guard let next = machine.deadline, next <= now else { return }
        }
        preconditionFailure("the deadline does not move")
    }

    private func check(_ actions: [ShardMachine.Action]) {
        for action in actions {
            switch action {
            case .send(let bytes): precondition(bytes.count <= 4096 && (try? JSON.parse(bytes)) != nil)
            case .dispatch(let event):
                cache.apply(event)
                for guild in cache.guilds {
                    guard let known = cache.guild(guild) else { continue }
                    for channel in known.channels.keys { _ = cache.ownPermissions(in: channel, of: guild) }
                }
            default: break
            }
        }
    }
}

/// What was read as JSON is written in a form that reads as the same.
func checkJSON(_ bytes: [UInt8]) {
    guard let value = try? JSON.parse(bytes) else { return }
    let text = JSON.encode(value)
    guard let again = try? JSON.parse(text) else { preconditionFailure("our own JSON cannot be read") }
    precondition(JSON.encode(again) == text)
}
