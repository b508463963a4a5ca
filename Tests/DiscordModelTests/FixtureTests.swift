import DiscordModel
import Testing

/// Every known-good payload is read, and what is written again is read as the same value.
struct FixtureTests {
    private func roundTrip<Value: Codable & Equatable>(_ text: String, as type: Value.Type) throws -> Value {
        let value = try JSON.decode(Value.self, from: Array(text.utf8))
        #expect(try JSON.decode(Value.self, from: JSON.encode(value)) == value)
        return value
    }

    @Test func ready() throws {
        let ready = try roundTrip(Fixture.ready, as: Ready.self)
        #expect(ready.sessionID == "abc")
        #expect(ready.resumeGatewayURL == "wss://gateway-us-east1-b.discord.gg")
        #expect(ready.guilds.map(\.id) == [1_000_000_000_000_000_100])
        #expect(ready.user.bot == true)
        #expect(ready.application.flags == 565248)
        #expect(ready.shard == [0, 1])
    }

    @Test func guildCreate() throws {
        let guild = try roundTrip(Fixture.guildCreate, as: Guild.self)
        #expect(guild.name == "Sandbox")
        #expect(guild.channels.map(\.type) == [.category, .text, .voice, .forum, .stage])
        #expect(guild.members.map(\.user?.username) == ["sandbot", "alice", "olga"])
        #expect(guild.roles.map(\.name) == ["@everyone", "dj"])
        #expect(guild.voiceStates.first?.channelID == 1_000_000_000_000_000_112)
        #expect(guild.voiceStates.first?.guildID == nil)
        #expect(guild.threads.first?.threadMetadata?.autoArchiveDuration == 1440)
        #expect(guild.channels[2].bitrate == 64000)
        #expect(guild.unavailable == false)
    }

    @Test func entities() throws {
        #expect(try roundTrip(Fixture.user, as: User.self).displayName == "Alice")
        #expect(try roundTrip(Fixture.member, as: Member.self).roles == [1_000_000_000_000_000_300])
        #expect(try roundTrip(Fixture.role, as: Role.self).permissions.contains(.viewChannel))
        #expect(try roundTrip(Fixture.ownUser, as: User.self).verified == true)
        #expect(try roundTrip(Fixture.thread, as: Channel.self).type.isThread)
        #expect(try roundTrip(Fixture.voiceState, as: VoiceState.self).member?.user?.username == "alice")
        #expect(try roundTrip(Fixture.voiceServerUpdate, as: VoiceServerUpdate.self).endpoint == "127.0.0.1:1234")
        #expect(try roundTrip(Fixture.application, as: Application.self).owner?.username == "olga")
        #expect(try roundTrip(Fixture.gatewayBot, as: GatewayBot.self).sessionStartLimit.maxConcurrency == 1)
        #expect(try roundTrip(Fixture.membersChunk, as: GuildMembersChunk.self).nonce == "n")
        #expect(try roundTrip(Fixture.category, as: Channel.self).type == .category)
        #expect(try roundTrip(Fixture.stage, as: Channel.self).type.isVoice)
        #expect(try roundTrip(Fixture.forum, as: Channel.self).defaultAutoArchiveDuration == 1440)
    }

    @Test func message() throws {
        let message = try roundTrip(Fixture.message, as: Message.self)
        #expect(message.content == "hello")
        #expect(message.attachments.first?.contentType == "image/png")
        #expect(message.author?.username == "alice")
        #expect(message.type == .default)
    }

    @Test func slashCommand() throws {
        let interaction = try roundTrip(Fixture.slashCommand, as: Interaction.self)
        guard case .command(let data) = interaction.data else {
            Issue.record("not a command")
            return
        }
        #expect(data["query"]?.string == "song")
        #expect(data["who"]?.userID == 1_000_000_000_000_000_201)
        #expect(data.resolved?.users?[1_000_000_000_000_000_201]?.username == "alice")
        #expect(data.resolved?.members?[1_000_000_000_000_000_201]?.permissions != nil)
        #expect(interaction.invoker?.username == "alice")
        #expect(interaction.channel?.appPermissions != nil)
    }

    @Test func otherInteractions() throws {
        let autocomplete = try roundTrip(Fixture.autocomplete, as: Interaction.self)
        guard case .command(let typing) = autocomplete.data else {
            Issue.record("not a command")
            return
        }
        #expect(typing.focused?.string == "so")
        let button = try roundTrip(Fixture.button, as: Interaction.self)
        guard case .component(let pressed) = button.data else {
            Issue.record("not a component")
            return
        }
        #expect(pressed.customID == "x")
        #expect(pressed.componentType == .button)
        #expect(button.message?.components.first?.children.first?.customID == "x")
        #expect(button.message?.interactionMetadata?.user?.username == "alice")
        let modal = try roundTrip(Fixture.modalSubmit, as: Interaction.self)
        guard case .modal(let form) = modal.data, case .label(let label) = form.components.first,
            case .textInput(let input) = label.component
        else {
            Issue.record("not a modal")
            return
        }
        #expect(input.value == "v")
    }

    @Test func command() throws {
        let command = try roundTrip(Fixture.command, as: ApplicationCommand.self)
        #expect(command.id == 1_000_000_000_000_000_800)
        let declared = ApplicationCommand(
            name: "play", description: "d",
            options: [ApplicationCommandOption(type: .string, name: "query", description: "q", required: true)])
        #expect(declared.isRegistered(as: command))
        var changed = declared
        changed.options?[0].required = nil
        #expect(!changed.isRegistered(as: command))
    }

    @Test func callbackResponse() throws {
        let response = try roundTrip(Fixture.callbackResponse, as: InteractionCallbackResponse.self)
        #expect(response.resource?.message?.author?.username == "sandbot")
        #expect(response.interaction.responseMessageID == 1_000_000_000_000_009_001)
    }

    @Test func voiceGateway() throws {
        let payloads = try Fixture.voiceGateway.map { try roundTrip($0, as: VoiceGatewayPayload.self) }
        #expect(payloads.map(\.op.rawValue) == [8, 2, 11, 18, 20, 4, 22])
        #expect(payloads.compactMap(\.seq) == [1, 2, 3, 4, 5, 9])
        let hello = try JSON.decode(VoiceHello.self, from: try #require(payloads[0].d))
        #expect(hello.heartbeatInterval == 13750)
        let ready = try JSON.decode(VoiceReady.self, from: try #require(payloads[1].d))
        #expect(ready.ssrc == 12871)
        #expect(ready.modes.count == 2)
        let session = try JSON.decode(VoiceSessionDescription.self, from: try #require(payloads[5].d))
        #expect(session.secretKey == [0, 1, 2])
    }
}
