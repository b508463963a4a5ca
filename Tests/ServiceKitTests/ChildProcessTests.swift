import ServiceKit
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct ChildProcessTests {
    let logger = Logger("test")

    @Test func echoesWhatItIsToldWholeEvenWhenLargerThanAPipe() async throws {
        let child = try ChildProcess.spawn(.init(executable: "cat"), logger: logger)
        let sent = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        async let received: [UInt8] = {
            var all: [UInt8] = []
            while true {
                let chunk = try await child.read(upTo: 65_536)
                if chunk.isEmpty { return all }
                all += chunk
            }
        }()
        try await child.write(sent)
        child.closeInput()
        #expect(try await received == sent)
        #expect(await child.waitForExit() == .code(0))
    }

    @Test func tellsHowAChildEnded() async throws {
        let status = try ChildProcess.spawn(.init(executable: "sh", arguments: ["-c", "exit 7"]), logger: logger)
        #expect(await status.waitForExit() == .code(7))
        let killed = try ChildProcess.spawn(.init(executable: "sleep", arguments: ["600"]), logger: logger)
        killed.kill()
        #expect(await killed.waitForExit() == .signal(9))
    }

    @Test func terminateReachesGrandchildrenAndStubbornChildren() async throws {
        let script = "trap '' TERM; sleep 600 & echo $!; wait"
        let child = try ChildProcess.spawn(.init(executable: "sh", arguments: ["-c", script]), logger: logger)
        let line = try await child.read(upTo: 64)
        #expect(!line.isEmpty)
        await child.terminate(grace: .milliseconds(10))
        #expect(await child.waitForExit() != nil)
        // The output pipe ends only when the grandchild that shares it is gone too.
        #expect(try await child.read(upTo: 64).isEmpty)
    }

    @Test func writingToAChildThatIsGoneIsAnErrorAndNotOurEnd() async throws {
        let child = try ChildProcess.spawn(.init(executable: "true"), logger: logger)
        #expect(await child.waitForExit() == .code(0))
        await #expect(throws: ChildProcessError.self) { try await child.write([1, 2, 3]) }
    }

    @Test func unknownProgramIsATypedError() {
        #expect(throws: ChildProcessError.self) {
            try ChildProcess.spawn(.init(executable: "/nonexistent/program"), logger: logger)
        }
    }

    @Test func addressSpaceLimitHolds() async throws {
        let child = try ChildProcess.spawn(
            .init(
                executable: "sh",
                arguments: ["-c", "read line; exec head -c 400000000 /dev/zero | tail -c 400000000 >/dev/null"],
                addressSpaceLimit: 100 << 20), logger: logger)
        try await child.write(Array("go\n".utf8))
        #expect(await child.waitForExit() != .code(0))
    }
}
