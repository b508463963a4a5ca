import Testing

@testable import Sandbox

/// Calls of the sandbox's own people, each with a client of our own.
@Suite(.timeLimit(.minutes(2))) struct CallTests {
    /// Waits until the call is settled with so many members of the same privacy code, and returns it as it is.
    private func settled(_ sandbox: Sandbox, _ channel: ID, _ count: Int) async throws -> JSON {
        while true {
            let call = try await sandbox.admin("GET", "voice/\(channel)/dave")
            let codes = (call["people"]?.array ?? []).map { $0["privacy_code"]?.string }
            let agrees = count < 2 || Set(codes).count == 1 && codes[0] != nil
            if call["settled"] == true, call["members"]?.array?.count == count, codes.count == count, agrees {
                return call
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    private func started() throws -> Sandbox {
        let sandbox = Sandbox()
        try sandbox.startInMemory()
        return sandbox
    }

    @Test func peopleComeAndGo() async throws {
        let sandbox = try started()
        let (seed, lounge) = (sandbox.seed, sandbox.seed.lounge)
        try sandbox.joinVoice(lounge, as: seed.alice)
        #expect(try await settled(sandbox, lounge, 1)["established"] == false)
        try sandbox.joinVoice(lounge, as: seed.bob)
        let two = try await settled(sandbox, lounge, 2)
        try sandbox.joinVoice(lounge, as: seed.cleo)
        let three = try await settled(sandbox, lounge, 3)
        #expect(two["people"]?[0]?["privacy_code"] != three["people"]?[0]?["privacy_code"])
        try sandbox.joinVoice(nil, as: seed.alice)
        #expect(try await settled(sandbox, lounge, 2)["epoch"] == 3)
        try sandbox.joinVoice(sandbox.seed.studio, as: seed.bob)
        #expect(try await settled(sandbox, lounge, 1)["epoch"] == 0)
        try sandbox.joinVoice(nil, as: seed.cleo)
        #expect(try await settled(sandbox, lounge, 0)["version"] == 0)
        await sandbox.stop()
    }

    @Test func stagesAreNotEncrypted() async throws {
        let sandbox = try started()
        try sandbox.joinVoice(sandbox.seed.stage, as: sandbox.seed.alice)
        try sandbox.joinVoice(sandbox.seed.stage, as: sandbox.seed.bob)
        let call = try await sandbox.admin("GET", "voice/\(sandbox.seed.stage)/dave")
        #expect(call["version"] == 0 && call["members"]?.array?.count == 2)
        await sandbox.stop()
    }

    @Test func aCrowdComesAndGoesAtOnce() async throws {
        let sandbox = try started()
        let lounge = sandbox.seed.lounge
        for count in [12, 3, 9, 0] {
            try await sandbox.admin("POST", "voice/crowd", ["channel_id": .id(lounge), "count": .number(count)])
            _ = try await settled(sandbox, lounge, count)
        }
        await #expect(throws: SandboxRefusal.self) {
            try await sandbox.admin("POST", "voice/crowd", ["channel_id": .id(lounge), "count": 1_000])
        }
        await sandbox.stop()
    }

    @Test(arguments: DAVETrouble.allCases)
    func everyTroubleIsMended(_ trouble: DAVETrouble) async throws {
        let sandbox = try started()
        let (seed, lounge) = (sandbox.seed, sandbox.seed.lounge)
        try sandbox.joinVoice(lounge, as: seed.alice)
        try sandbox.joinVoice(lounge, as: seed.bob)
        _ = try await settled(sandbox, lounge, 2)
        try await sandbox.admin("POST", "faults", ["kind": .string(trouble.rawValue)])
        try sandbox.joinVoice(lounge, as: seed.cleo)
        _ = try await settled(sandbox, lounge, 3)
        await sandbox.stop()
    }

    @Test func whoNeverAnswersHoldsNobodyUp() async throws {
        let sandbox = try started()
        let (seed, lounge) = (sandbox.seed, sandbox.seed.lounge)
        try sandbox.joinVoice(lounge, as: seed.alice)
        try sandbox.joinVoice(lounge, as: seed.bob)
        _ = try await settled(sandbox, lounge, 2)
        try await sandbox.admin("POST", "faults", ["kind": "dave_unanswering", "user_id": .id(seed.alice)])
        try sandbox.joinVoice(lounge, as: seed.cleo)
        #expect(try await settled(sandbox, lounge, 3)["counts"]?["timeouts"] == 1)
        sandbox.clearFaults()
        try sandbox.joinVoice(nil, as: seed.cleo)
        #expect(try await settled(sandbox, lounge, 2)["counts"]?["timeouts"] == 1)
        await sandbox.stop()
    }
}
