import BotKit
import DiscordModel
import ServiceKit
import Synchronization
import Testing
import TestSupport

private let words = Phrase("test.words", "Does something")

/// Waits in a handler until the test lets it go.
private final class Latch: Sendable {
    private let channel = BoundedChannel<Void>(capacity: 100)
    func wait() async { _ = await channel.next() }
    func open() { channel.trySend(()) }
}

@Suite("Router", .timeLimit(.minutes(5)))
struct RouterTests {
    @Test("A quick handler answers with the one callback")
    func quick() async throws {
        let fixture = try RouterFixture([
            Command("hello", words) { try await $0.reply(Phrase("x", "Hi {name}"), ["name": "Ada"]) }
        ])
        try await fixture.running {
            fixture.router.submit(slash("hello"))
            let first = await fixture.discord.happened.next()
            #expect(
                first == .callback(.message(MessageBody(content: "Hi Ada", allowedMentions: AllowedMentions.none))))
            await fixture.clock.advance(by: .seconds(10))
        }
        #expect(fixture.discord.requests(interactionID(1)).count == 1)
    }

    @Test("A slow command is deferred at 1.5 s, and its answer edits the original", arguments: [false, true])
    func slow(ephemeral: Bool) async throws {
        let latch = Latch()
        let fixture = try RouterFixture([
            Command("slow", words, ephemeral: ephemeral) { invocation in
                await latch.wait()
                try await invocation.reply(MessageBody(content: "there"), ephemeral: ephemeral)
                try await invocation.reply(MessageBody(content: "more"), ephemeral: ephemeral)
            }
        ])
        try await fixture.running {
            fixture.router.submit(slash("slow"))
            await fixture.clock.waitForSleepers(1)
            await fixture.clock.advance(by: .milliseconds(1499))
            #expect(fixture.discord.requests(interactionID(1)).isEmpty)
            await fixture.clock.advance(by: .milliseconds(1))
            let first = await fixture.discord.happened.next()
            #expect(first == .callback(.deferredMessage(flags: ephemeral ? .ephemeral : [])))
            latch.open()
            let second = await fixture.discord.happened.next()
            #expect(second == .edit(MessageBody(content: "there", allowedMentions: AllowedMentions.none)))
            guard case .followUp(let body)? = await fixture.discord.happened.next() else {
                Issue.record("no follow-up")
                return
            }
            #expect(body.content == "more")
        }
        #expect(fixture.discord.doubleCallbacks == 0)
    }

    @Test("A handler that has answered and works on is not deferred")
    func answeredEarly() async throws {
        let latch = Latch()
        let fixture = try RouterFixture([
            Command("early", words) { invocation in
                try await invocation.reply(MessageBody(content: "first"))
                await latch.wait()
                try await invocation.edit(MessageBody(content: "second"))
            }
        ])
        try await fixture.running {
            fixture.router.submit(slash("early"))
            _ = await fixture.discord.happened.next()
            await fixture.clock.waitForSleepers(1)
            await fixture.clock.advance(by: .seconds(3))
            latch.open()
            #expect(
                await fixture.discord.happened.next()
                    == .edit(MessageBody(content: "second", allowedMentions: AllowedMentions.none)))
        }
        #expect(fixture.discord.requests(interactionID(1)).count == 2)
        #expect(fixture.discord.doubleCallbacks == 0)
    }

    @Test("The age in the snowflake counts: an event that came late is deferred sooner")
    func lateArrival() async throws {
        let latch = Latch()
        let fixture = try RouterFixture([Command("slow", words) { _ in await latch.wait() }])
        let id = interactionID(1, createdAfter: -1000)
        try await fixture.running {
            fixture.router.submit(slash("slow", id: id))
            await fixture.clock.waitForSleepers(1)
            await fixture.clock.advance(by: .milliseconds(499))
            #expect(fixture.discord.requests(id).isEmpty)
            await fixture.clock.advance(by: .milliseconds(1))
            #expect(await fixture.discord.happened.next() == .callback(.deferredMessage(flags: [])))
            latch.open()
        }
    }

    @Test("A wrong wall clock is not believed", arguments: [-60_000, 60_000] as [Int64])
    func wrongClock(offset: Int64) async throws {
        let latch = Latch()
        let fixture = try RouterFixture([Command("slow", words) { _ in await latch.wait() }])
        let id = interactionID(1, createdAfter: offset)
        try await fixture.running {
            fixture.router.submit(slash("slow", id: id))
            await fixture.clock.waitForSleepers(1)
            await fixture.clock.advance(by: .milliseconds(1499))
            #expect(fixture.discord.requests(id).isEmpty)
            await fixture.clock.advance(by: .milliseconds(1))
            #expect(await fixture.discord.happened.next() == .callback(.deferredMessage(flags: [])))
            latch.open()
        }
    }

    @Test("Answer and deferral racing: the deferral in flight is waited for, no second callback goes out")
    func race() async throws {
        let discord = FakeDiscord(held: true)
        let latch = Latch()
        let fixture = try RouterFixture(
            [
                Command("slow", words) { invocation in
                    await latch.wait()
                    try await invocation.reply(MessageBody(content: "there"))
                }
            ], discord: discord)
        try await fixture.running {
            fixture.router.submit(slash("slow"))
            await fixture.clock.waitForSleepers(1)
            await fixture.clock.advance(by: .milliseconds(1500))
            latch.open()
            for _ in 0..<50 { await Task.yield() }
            #expect(discord.requests(interactionID(1)).isEmpty)
            discord.gate?.trySend(())
            #expect(await discord.happened.next() == .callback(.deferredMessage(flags: [])))
            guard case .edit? = await discord.happened.next() else {
                Issue.record("no edit")
                return
            }
        }
        #expect(discord.doubleCallbacks == 0)
    }

    @Test("A slow button is deferred quietly; its reply is a follow-up and its edit goes to the message")
    func slowButton() async throws {
        let latch = Latch()
        let fixture = try RouterFixture(
            components: [
                ComponentRoute("page") { invocation in
                    #expect(invocation.customID?.arguments == ["3"])
                    await latch.wait()
                    try await invocation.edit(MessageBody(content: "page 3"))
                    try await invocation.reply(MessageBody(content: "psst"), ephemeral: true)
                }
            ])
        try await fixture.running {
            fixture.router.submit(press("page:3"))
            await fixture.clock.waitForSleepers(1)
            await fixture.clock.advance(by: .milliseconds(1500))
            #expect(await fixture.discord.happened.next() == .callback(.deferredUpdate))
            latch.open()
            guard case .edit(let edit)? = await fixture.discord.happened.next(),
                case .followUp(let body)? = await fixture.discord.happened.next()
            else {
                Issue.record("wrong requests")
                return
            }
            #expect(edit.content == "page 3")
            #expect(body.flags == .ephemeral)
        }
    }

    @Test("A quick button edits its message in the callback; a silent one is acknowledged")
    func quickButton() async throws {
        let fixture = try RouterFixture(
            components: [
                ComponentRoute("edit") { try await $0.edit(MessageBody(content: "new")) },
                ComponentRoute("quiet") { _ in },
            ])
        try await fixture.running {
            fixture.router.submit(press("edit"))
            guard case .callback(.updateMessage(let body))? = await fixture.discord.happened.next() else {
                Issue.record("no update")
                return
            }
            #expect(body.content == "new")
            fixture.router.submit(press("quiet", id: interactionID(8)))
            #expect(await fixture.discord.happened.next() == .callback(.deferredUpdate))
        }
    }

    @Test("Subcommands, options and forms reach their handlers")
    func dispatch() async throws {
        let fixture = try RouterFixture(
            [
                Command(
                    "list", words,
                    subcommands: [
                        .group(
                            "entry", words,
                            [
                                .run("add", words, [CommandOption("what", words, .string(length: nil), required: true)])
                                {
                                    try await $0.reply(MessageBody(content: "add " + $0.options.requiredString("what")))
                                }
                            ])
                    ])
            ],
            components: [
                ComponentRoute("form") { try await $0.reply(MessageBody(content: $0.fields["text"]?.first)) }
            ])
        let add = CommandDataOption(
            name: "entry", type: .subcommandGroup,
            options: [
                CommandDataOption(
                    name: "add", type: .subcommand, options: [CommandDataOption(name: "what", value: "milk")])
            ])
        var form = press("form", id: interactionID(4))
        form.type = .modal
        form.message = nil
        form.data = .modal(
            ModalData(
                customID: "form",
                components: [.label(Label(component: .textInput(TextInput(customID: "text", value: "typed"))))]))
        let modal = form
        try await fixture.running {
            fixture.router.submit(slash("list", options: [add]))
            guard case .callback(.message(let body))? = await fixture.discord.happened.next() else {
                Issue.record("no answer")
                return
            }
            #expect(body.content == "add milk")
            fixture.router.submit(modal)
            guard case .callback(.message(let second))? = await fixture.discord.happened.next() else {
                Issue.record("no answer")
                return
            }
            #expect(second.content == "typed")
        }
    }

    @Test("A sentence for the person is shown to them alone, in their language")
    func userFacing() async throws {
        let no = Phrase("no", "No: {why}")
        let fixture = try RouterFixture(
            [Command("no", words) { _ in throw UserFacingError(no, ["why": "late"]) }],
            strings: StringTable(["de": ["no": "Nein: {why}"]]))
        try await fixture.running {
            fixture.router.submit(slash("no", locale: "de"))
            guard case .callback(.message(let body))? = await fixture.discord.happened.next() else {
                Issue.record("no answer")
                return
            }
            #expect(body.content == "Nein: late")
            #expect(body.flags == .ephemeral)
        }
    }

    @Test("After a public deferral a sentence replaces the thinking line for the person alone")
    func userFacingAfterDeferral() async throws {
        let latch = Latch()
        let fixture = try RouterFixture([
            Command("no", words) { _ in
                await latch.wait()
                throw UserFacingError(verbatim: "sorry {not a placeholder}")
            }
        ])
        try await fixture.running {
            fixture.router.submit(slash("no"))
            await fixture.clock.waitForSleepers(1)
            await fixture.clock.advance(by: .seconds(2))
            #expect(await fixture.discord.happened.next() == .callback(.deferredMessage(flags: [])))
            latch.open()
            #expect(await fixture.discord.happened.next() == .delete)
            guard case .followUp(let body)? = await fixture.discord.happened.next() else {
                Issue.record("no follow-up")
                return
            }
            #expect(body.content == "sorry {not a placeholder}")
            #expect(body.flags == .ephemeral)
        }
    }

    @Test("A provisional line is edited by the answer and removed before an error")
    func provisional() async throws {
        let fixture = try RouterFixture([
            Command("good", words) {
                try await $0.replyProvisionally(MessageBody(content: "looking"))
                try await $0.reply(MessageBody(content: "found"))
            },
            Command("bad", words) {
                try await $0.replyProvisionally(MessageBody(content: "looking"))
                throw UserFacingError(verbatim: "nothing")
            },
        ])
        try await fixture.running {
            fixture.router.submit(slash("good"))
            guard case .callback(.message)? = await fixture.discord.happened.next(),
                case .edit(let body)? = await fixture.discord.happened.next()
            else {
                Issue.record("wrong requests")
                return
            }
            #expect(body.content == "found")
            fixture.router.submit(slash("bad", id: interactionID(6)))
            guard case .callback(.message)? = await fixture.discord.happened.next() else {
                Issue.record("no answer")
                return
            }
            #expect(await fixture.discord.happened.next() == .delete)
            guard case .followUp(let error)? = await fixture.discord.happened.next() else {
                Issue.record("no follow-up")
                return
            }
            #expect(error.content == "nothing")
        }
    }

    @Test("A handler that never ends is stopped at 14 minutes with a sentence")
    func deadline() async throws {
        let latch = Latch()
        let fixture = try RouterFixture([Command("endless", words) { _ in await latch.wait() }])
        try await fixture.running {
            fixture.router.submit(slash("endless"))
            await fixture.clock.waitForSleepers(1)
            await fixture.clock.advance(by: .milliseconds(1500))
            #expect(await fixture.discord.happened.next() == .callback(.deferredMessage(flags: [])))
            await fixture.clock.waitForSleepers(1)
            await fixture.clock.advance(by: .seconds(14 * 60))
            #expect(await fixture.discord.happened.next() == .delete)
            guard case .followUp(let body)? = await fixture.discord.happened.next() else {
                Issue.record("no follow-up")
                return
            }
            let trace = TraceID(interaction: interactionID(1).rawValue).description
            #expect(body.content?.contains(trace) == true)
        }
    }

    @Test("A lost token is not thrown into the handler, and nothing more is sent")
    func lostToken() async throws {
        let fixture = try RouterFixture([
            Command("lost", words) {
                try await $0.reply(MessageBody(content: "one"))
                try await $0.reply(MessageBody(content: "two"))
            }
        ])
        fixture.discord.fail(with: .lost("Unknown interaction"))
        try await fixture.running {
            fixture.router.submit(slash("lost"))
            _ = await fixture.discord.happened.next()
            while fixture.router.working > 0 { await Task.yield() }
        }
        #expect(fixture.discord.happened.count == 0)
    }

    @Test("Beyond the bound people are told politely, and no handler runs")
    func overload() async throws {
        let latch = Latch()
        let ran = Mutex(0)
        var configuration = RouterConfiguration()
        configuration.maximumConcurrent = 2
        let fixture = try RouterFixture(
            [
                Command("work", words) { invocation in
                    ran.withLock { $0 += 1 }
                    await latch.wait()
                    try await invocation.reply(MessageBody(content: "done"))
                }
            ], configuration: configuration)
        try await fixture.running {
            for number in 1...3 { fixture.router.submit(slash("work", id: interactionID(UInt64(number)))) }
            guard case .callback(.message(let body))? = await fixture.discord.happened.next() else {
                Issue.record("no refusal")
                return
            }
            #expect(body.content == RouterPhrases.overloaded.english)
            #expect(body.flags == .ephemeral)
            latch.open()
            latch.open()
            _ = await fixture.discord.happened.next()
            _ = await fixture.discord.happened.next()
            while fixture.router.working > 0 { await Task.yield() }
            latch.open()
            fixture.router.submit(slash("work", id: interactionID(4)))
            _ = await fixture.discord.happened.next()
        }
        #expect(ran.withLock { $0 } == 3)
    }

    @Test("Unknown commands and buttons, missing permissions and direct messages get a sentence")
    func refusals() async throws {
        let fixture = try RouterFixture([
            Command("kick", words, memberPermissions: .kickMembers) { try await $0.reply(MessageBody(content: "ran")) },
            Command("talk", words, botPermissions: [.sendMessages]) { try await $0.reply(MessageBody(content: "ran")) },
        ])
        func said(_ interaction: Interaction) async -> String? {
            fixture.router.submit(interaction)
            guard case .callback(.message(let body))? = await fixture.discord.happened.next() else { return nil }
            return body.content
        }
        try await fixture.running {
            #expect(await said(slash("gone")) == RouterPhrases.unknown.english)
            #expect(await said(press("gone:1", id: interactionID(11))) == RouterPhrases.unknown.english)
            #expect(
                await said(slash("kick", id: interactionID(12)))
                    == "You need these permissions to use this: Kick Members.")
            #expect(
                await said(slash("kick", id: interactionID(13), memberPermissions: .administrator)) == "ran")
            #expect(
                await said(slash("talk", id: interactionID(14), appPermissions: .viewChannel))
                    == "I need these permissions here first: Send Messages.")
            #expect(
                await said(slash("talk", id: interactionID(15), guild: nil)) == RouterPhrases.guildOnly.english)
        }
    }
}
