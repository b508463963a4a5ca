import BotKit
import DiscordModel
import ServiceKit
import Testing
import TestSupport

private let words = Phrase("test.words", "Does something")

@Suite("Autocomplete", .timeLimit(.minutes(5)))
struct AutocompleteTests {
    private func command(_ complete: @escaping Autocomplete) -> Command {
        Command(
            "play", words, options: [CommandOption("query", words, .string(length: nil), autocomplete: complete)]
        ) { _ in }
    }

    private func typing(_ text: String, id: InteractionID = interactionID(1)) -> Interaction {
        slash(
            "play", id: id, options: [CommandDataOption(name: "query", value: .string(text), focused: true)],
            type: .autocomplete)
    }

    @Test("Suggestions are cut to Discord's limits")
    func limits() async throws {
        let fixture = try RouterFixture([
            command { request in
                (0..<30).map { Suggestion("\($0) " + String(repeating: request.typed, count: 60), .string("\($0)")) }
            }
        ])
        try await fixture.running {
            fixture.router.submit(typing("ab"))
            guard case .callback(.autocomplete(let choices))? = await fixture.discord.happened.next() else {
                Issue.record("no choices")
                return
            }
            #expect(choices.count == 25)
            #expect(choices.allSatisfy { $0.name.unicodeScalars.count == 100 })
            #expect(choices[3].value == "3")
        }
    }

    @Test("A late list becomes an empty one, even when the source does not heed its cancellation")
    func late() async throws {
        let stuck = BoundedChannel<Void>(capacity: 1)
        let fixture = try RouterFixture([
            command { _ in
                await withCheckedContinuation { continuation in
                    Task {
                        _ = await stuck.next()
                        continuation.resume()
                    }
                }
                return [Suggestion("late", .string("late"))]
            }
        ])
        try await fixture.running {
            fixture.router.submit(typing("ab"))
            await fixture.clock.waitForSleepers(1)
            await fixture.clock.advance(by: .milliseconds(2200))
            #expect(await fixture.discord.happened.next() == .callback(.autocomplete([])))
            stuck.trySend(())
        }
        #expect(fixture.discord.requests(interactionID(1)).count == 1)
    }

    @Test("A failing source gives an empty list")
    func failing() async throws {
        let fixture = try RouterFixture([command { _ in throw UserFacingError(verbatim: "broken") }])
        try await fixture.running {
            fixture.router.submit(typing("ab"))
            #expect(await fixture.discord.happened.next() == .callback(.autocomplete([])))
        }
    }
}
