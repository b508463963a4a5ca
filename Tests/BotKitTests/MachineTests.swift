import Testing
import TestSupport

@testable import BotKit

@Suite("Reply machine")
struct ReplyMachineTests {
    private static let origins: [ReplyMachine.Origin] = [
        .command(deferEphemeral: false), .command(deferEphemeral: true), .component, .modal(fromComponent: true),
        .modal(fromComponent: false),
    ]
    private static let wishes: [ReplyMachine.Wish] = [
        .reply(ephemeral: false), .reply(ephemeral: true), .reply(ephemeral: false, provisional: true), .edit, .modal,
        .deferral,
    ]

    @Test("No order of wishes ever leads to a second callback, nor to an edit before the first", arguments: origins)
    func oneCallback(origin: ReplyMachine.Origin) {
        func explore(_ machine: ReplyMachine, _ callbacks: Int, _ depth: Int) {
            guard depth > 0 else { return }
            for wish in Self.wishes {
                var next = machine
                var count = callbacks
                let step = next.step(for: wish)
                switch step {
                case .callback: count += 1
                case .editOriginal, .followUp, .deleteOriginalThenFollowUp: #expect(callbacks == 1)
                case .nothing, .refuse: break
                }
                #expect(count <= 1)
                next.succeeded(step)
                explore(next, count, depth - 1)
            }
        }
        explore(ReplyMachine(origin: origin), 0, 5)
    }

    @Test("A lost interaction is left alone")
    func lost() {
        for origin in Self.origins {
            var machine = ReplyMachine(origin: origin)
            machine.lose()
            for wish in Self.wishes {
                switch machine.step(for: wish) {
                case .nothing, .refuse: break
                case let step: Issue.record("\(step)")
                }
            }
        }
    }

    @Test("The kinds of deferral fit what is answered")
    func deferrals() {
        let steps = Self.origins.map { ReplyMachine(origin: $0).step(for: .deferral) }
        #expect(
            steps == [
                .callback(.deferMessage(ephemeral: false)), .callback(.deferMessage(ephemeral: true)),
                .callback(.deferUpdate), .callback(.deferUpdate), .callback(.deferMessage(ephemeral: true)),
            ])
    }
}

@Suite("Panel machine")
struct PanelMachineTests {
    @Test("A panel near an hour old is made anew, because Discord limits edits of older messages")
    func oldPanelsAreMadeAnew() {
        var machine = PanelMachine(minimumInterval: .seconds(2))
        machine.changed(urgent: true)
        #expect(machine.next(now: .zero) == .post)
        machine.finished(.done, now: .zero)
        machine.changed(urgent: false)
        #expect(machine.next(now: .seconds(3_000)) == .edit)
        machine.finished(.done, now: .seconds(3_000))
        #expect(machine.next(now: .seconds(3_400)) == .rest)
        machine.changed(urgent: false)
        #expect(machine.next(now: .seconds(3_400)) == .delete)
        machine.finished(.done, now: .seconds(3_400))
        #expect(machine.next(now: .seconds(3_400)) == .post)
        machine.finished(.done, now: .seconds(3_400))
        machine.changed(urgent: false)
        #expect(machine.next(now: .seconds(3_500)) == .edit)
    }

    @Test("In any order of events at most one request is in flight, and the last change is shown", arguments: 0..<200)
    func random(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        var machine = PanelMachine(minimumInterval: .seconds(2))
        var now = Duration.zero
        var inFlight: PanelMachine.Action?
        var changed = false
        func advance() {
            switch machine.next(now: now) {
            case let action where action == .post || action == .edit || action == .delete:
                #expect(inFlight == nil)
                inFlight = action
                if action != .delete { changed = false }
            case .wait(let until): #expect(until > now)
            default: break
            }
        }
        for _ in 0..<200 {
            switch Int.random(in: 0..<6, using: &random) {
            case 0:
                machine.changed(urgent: Bool.random(using: &random))
                changed = true
            case 1: now += .milliseconds(Int.random(in: 0..<3000, using: &random))
            case 2 where inFlight != nil:
                let outcomes: [PanelMachine.Outcome] = [.done, .done, .messageGone, .failed]
                let outcome = outcomes.randomElement(using: &random) ?? .done
                if outcome != .done, inFlight != .delete { changed = true }
                machine.finished(outcome, now: now)
                inFlight = nil
            case 3: machine.moveToEnd()
            default: advance()
            }
        }
        for _ in 0..<20 {
            if inFlight != nil { machine.finished(.done, now: now) }
            inFlight = nil
            now += .seconds(120)
            advance()
        }
        #expect(!changed)
    }
}
