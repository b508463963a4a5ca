import Glibc

/// What libFuzzer calls before the first input: chooses the target; or writes its seeds, or changes inputs by chance, and
/// ends.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
    _ count: UnsafeMutablePointer<Int32>, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>>
) -> Int32 {
    if let folder = environment("FUZZ_SEEDS") {
        Seeds.write(chosen.seeds(), into: folder)
        exit(0)
    }
    if let count = environment("FUZZ_MUTATIONS").flatMap({ Int($0) }) {
        let first = environment("FUZZ_FROM").flatMap { Int($0) } ?? 0
        Mutation.run(chosen, count: count, from: first, folder: environment("FUZZ_FOLDER"))
        exit(0)
    }
    return 0
}

/// What libFuzzer calls with each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    chosen.run(unsafe Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}

/// One thing that reads bytes from outside. It must take any bytes; what it promises beyond that is a `precondition`.
struct FuzzTarget: Sendable {
    /// Feeds it one input.
    let run: @Sendable (_ input: [UInt8]) -> Void
    /// Inputs to begin with, by name, from our own encoders.
    let seeds: @Sendable () -> [(name: String, bytes: [UInt8])]
}

private let targets: [String: FuzzTarget] = [
    "gateway": GatewayFuzz.target, "voice": VoiceFuzz.target, "packets": PacketFuzz.target,
    "media": MediaFuzz.target, "server": ServerFuzz.target, "text": TextFuzz.target, "bodies": BodyFuzz.target,
    "sandbox": SandboxFuzz.target, "mls": MLSFuzz.target, "frames": FrameFuzz.target, "call": CallFuzz.target,
    "replay": ReplayFuzz.target,
]

private let chosen: FuzzTarget = {
    guard let target = environment("FUZZ_TARGET").flatMap({ targets[$0] }) else {
        print("FUZZ_TARGET must be one of: \(targets.keys.sorted().joined(separator: " "))")
        exit(2)
    }
    return target
}()

private func environment(_ name: String) -> String? {
    guard let text = unsafe getenv(name) else { return nil }
    return unsafe String(cString: text)
}
