import DiscordModel
import TestSupport
import Testing

/// The name and data of one event; shown by its name alone.
struct Dispatch: Sendable, CustomTestStringConvertible {
    var name: String
    var data: String
    init(_ name: String, _ data: String) { (self.name, self.data) = (name, data) }
    var testDescription: String { name }
}

/// Discord changes without notice: what is unknown is kept or passed over, what is broken costs only itself.
struct LenienceTests {
    static let events: [Dispatch] = [
        Dispatch("READY", Fixture.ready), Dispatch("GUILD_CREATE", Fixture.guildCreate),
        Dispatch("GUILD_UPDATE", Fixture.guildCreate),
        Dispatch("GUILD_DELETE", #"{"id":"1"}"#), Dispatch("CHANNEL_CREATE", Fixture.voiceChannel),
        Dispatch("CHANNEL_UPDATE", Fixture.textChannel), Dispatch("CHANNEL_DELETE", Fixture.forum),
        Dispatch("GUILD_ROLE_CREATE", #"{"guild_id":"1","role":\#(Fixture.role)}"#),
        Dispatch("GUILD_ROLE_UPDATE", #"{"guild_id":"1","role":\#(Fixture.role)}"#),
        Dispatch("GUILD_ROLE_DELETE", #"{"guild_id":"1","role_id":"2"}"#), Dispatch("GUILD_MEMBER_ADD", Fixture.member),
        Dispatch("GUILD_MEMBER_UPDATE", Fixture.member),
        Dispatch("GUILD_MEMBER_REMOVE", #"{"guild_id":"1","user":\#(Fixture.user)}"#),
        Dispatch("GUILD_MEMBERS_CHUNK", Fixture.membersChunk), Dispatch("VOICE_STATE_UPDATE", Fixture.voiceState),
        Dispatch("VOICE_SERVER_UPDATE", Fixture.voiceServerUpdate),
        Dispatch("INTERACTION_CREATE", Fixture.slashCommand),
        Dispatch("INTERACTION_CREATE", Fixture.button), Dispatch("INTERACTION_CREATE", Fixture.modalSubmit),
        Dispatch("MESSAGE_CREATE", Fixture.message), Dispatch("MESSAGE_UPDATE", Fixture.message),
        Dispatch("MESSAGE_DELETE", #"{"id":"1","channel_id":"2"}"#), Dispatch("USER_UPDATE", Fixture.ownUser),
        Dispatch("RATE_LIMITED", #"{"opcode":8,"retry_after":1.5,"meta":{}}"#), Dispatch("RESUMED", "{}"),
        Dispatch("TYPING_START", Fixture.typingStart), Dispatch("MESSAGE_REACTION_ADD", Fixture.reactionAdd),
        Dispatch("PRESENCE_UPDATE", Fixture.presenceUpdate), Dispatch("SOMETHING_NEW", "[1,2]"),
    ]

    private func frame(_ name: String, _ data: String) throws -> GatewayFrame {
        try GatewayFrame(Array(#"{"op":0,"s":7,"t":"\#(name)","d":\#(data)}"#.utf8))
    }

    @Test(arguments: events)
    func everyEventIsRead(dispatch: Dispatch) throws {
        let (name, data) = (dispatch.name, dispatch.data)
        guard case .dispatch(7, let event) = try frame(name, data) else {
            Issue.record("\(name) was not read")
            return
        }
        #expect(event.name == name)
        guard
            case .dispatch(7, let again) = try frame(
                name, String(decoding: JSON.encode(try event.data()), as: UTF8.self))
        else {
            Issue.record("\(name) was not read again")
            return
        }
        #expect(event == again)
    }

    @Test(arguments: events)
    func unknownFieldsAreIgnored(dispatch: Dispatch) throws {
        let (name, data) = (dispatch.name, dispatch.data)
        guard data.hasPrefix("{"), data != "{}" else { return }
        let extended = #"{"brand_new":{"deep":[1,null,{"x":"\u00e9"}]},"# + data.dropFirst()
        guard case .dispatch(_, let event) = try frame(name, extended) else {
            Issue.record("\(name) was not read")
            return
        }
        #expect(event.name == name)
    }

    @Test(arguments: events)
    func numbersNobodyKnowsSurvive(dispatch: Dispatch) throws {
        let (name, data) = (dispatch.name, dispatch.data)
        // Every "type":n becomes a kind that does not exist yet.
        let json = try JSON.parse(Array(data.utf8))
        func strange(_ value: JSONValue, _ depth: Int) -> JSONValue {
            switch value {
            case .array(let elements): .array(elements.map { strange($0, depth + 1) })
            case .object(let members):
                .object(
                    Dictionary(
                        uniqueKeysWithValues: members.map { key, value in
                            (key, key == "type" && value.int != nil ? 9999 : strange(value, depth + 1))
                        }))
            default: value
            }
        }
        let text = String(decoding: JSON.encode(strange(json, 0)), as: UTF8.self)
        guard case .dispatch = try frame(name, text) else {
            Issue.record("\(name) was not read")
            return
        }
    }

    @Test(arguments: events)
    func truncationIsAnErrorNeverACrash(dispatch: Dispatch) {
        let (name, data) = (dispatch.name, dispatch.data)
        let bytes = Array(#"{"op":0,"s":7,"t":"\#(name)","d":\#(data)}"#.utf8)
        for length in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 150)) {
            #expect(throws: ModelError.self) { try GatewayFrame(Array(bytes[..<length])) }
        }
    }

    @Test(arguments: events)
    func mutationsNeverCrash(dispatch: Dispatch) {
        let (name, data) = (dispatch.name, dispatch.data)
        let bytes = Array(#"{"op":0,"s":7,"t":"\#(name)","d":\#(data)}"#.utf8)
        var random = SeededRandom(seed: UInt64(bytes.count))
        for _ in 0..<60 {
            var mutant = bytes
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let position = Int.random(in: 0..<mutant.count, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: mutant[position] = UInt8.random(in: 0...255, using: &random)
                case 1: mutant.remove(at: position)
                default: mutant.insert(#"{}[]",:0-\ue"#.utf8.randomElement(using: &random) ?? 0, at: position)
                }
            }
            if let frame = try? GatewayFrame(mutant), case .dispatch(_, let event) = frame { _ = try? event.data() }
        }
    }

    @Test func aBrokenElementDoesNotLoseTheGuild() throws {
        var guild = try JSON.parse(Array(Fixture.guildCreate.utf8))
        var members = try #require(guild["members"]?.array)
        members.insert(["user": "nonsense"], at: 1)
        guild["members"] = .array(members)
        guild["channels"] = .array([5, nil, ["id": "not a number"]] + (guild["channels"]?.array ?? []))
        guild["roles"] = ["an": "object"]
        guild["stickers"] = nil
        let read = try JSON.decode(Guild.self, from: guild)
        #expect(read.members.count == 3)
        #expect(read.channels.count == 5)
        #expect(read.roles.isEmpty)
        #expect(read.stickers.isEmpty)
    }

    @Test func anUnreadableEventKeepsItsSequence() throws {
        guard case .unreadable(7, "MESSAGE_CREATE", let error) = try frame("MESSAGE_CREATE", #"{"id":"x"}"#) else {
            Issue.record("expected an unreadable event")
            return
        }
        #expect("\(error)".contains("$.d.id"))
    }

    @Test func unwantedEventsAreNotRead() throws {
        let bytes = Array(#"{"op":0,"s":3,"t":"TYPING_START","d":{"broken":}}"#.utf8)
        #expect(throws: ModelError.self) { try GatewayFrame(bytes) }
        let fine = Array(#"{"op":0,"s":3,"t":"MESSAGE_CREATE","d":{}}"#.utf8)
        #expect(try GatewayFrame(fine, wants: { _ in false }) == .ignored(sequence: 3, name: "MESSAGE_CREATE"))
    }

    @Test func controlFrames() throws {
        func read(_ text: String) throws -> GatewayFrame { try GatewayFrame(Array(text.utf8)) }
        #expect(
            try read(#"{"op":10,"d":{"heartbeat_interval":41250,"_trace":[]}}"#) == .hello(heartbeatInterval: 41250))
        #expect(try read(#"{"op":11}"#) == .heartbeatACK)
        #expect(try read(#"{"op":1,"d":null,"s":null,"t":null}"#) == .heartbeatRequest)
        #expect(try read(#"{"op":7,"d":null}"#) == .reconnect)
        #expect(try read(#"{"op":9,"d":true}"#) == .invalidSession(resumable: true))
        #expect(try read(#"{"op":9,"d":"?"}"#) == .invalidSession(resumable: false))
        #expect(try read(#"{"op":77}"#) == .unknown(GatewayOpcode(rawValue: 77)))
        for broken in [
            "", "null", "[]", "{}", #"{"op":"x"}"#, #"{"op":10}"#, #"{"op":10,"d":{"heartbeat_interval":0}}"#,
            #"{"op":0,"d":{}}"#, #"{"op":0,"t":"A","d":{}}"#, #"{"op":0,"t":"A","s":-1,"d":{}}"#,
        ] { #expect(throws: ModelError.self) { try read(broken) } }
    }
}
