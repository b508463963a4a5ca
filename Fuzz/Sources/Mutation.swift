import Glibc

/// Millions of inputs changed by chance, without looking at what they reach: many more a second than libFuzzer makes.
///
/// `FUZZ_MUTATIONS` says how many, `FUZZ_FOLDER` where more inputs to begin with are. Every input follows from its
/// number alone, so a run that ends early is repeated from the last number it printed, `FUZZ_FROM`.
enum Mutation {
    private static let reportEvery = 250_000
    private static let longest = 65_536

    static func run(_ target: FuzzTarget, count: Int, from first: Int, folder: String?) {
        var originals = target.seeds().map(\.bytes)
        if let folder { originals += files(folder) }
        var slowest = 0.0
        let began = seconds()
        for number in first..<first + count {
            let input = changed(originals, number)
            let start = seconds(CLOCK_THREAD_CPUTIME_ID)
            target.run(input)
            slowest = max(slowest, seconds(CLOCK_THREAD_CPUTIME_ID) - start)
            if (number + 1) % reportEvery == 0 {
                print(
                    "\(number + 1) inputs, \(Int(seconds() - began)) s, slowest \(Int(slowest * 1e6)) µs, \(residentMegabytes()) MB"
                )
                fflush(nil)
            }
        }
        print(
            "done: \(count) inputs of \(originals.count) originals, slowest \(Int(slowest * 1e6)) µs, \(residentMegabytes()) MB"
        )
    }

    /// The input of a number: one of the originals with a few changes.
    private static func changed(_ originals: [[UInt8]], _ number: Int) -> [UInt8] {
        var random = NumberedRandom(number)
        var bytes = originals[Int(random.next() % UInt64(originals.count))]
        for _ in 0..<1 + random.next() % 6 {
            guard bytes.count > 2 else { break }
            let place = 1 + Int(random.next() % UInt64(bytes.count - 1))
            switch random.next() % 8 {
            case 0, 1: bytes[place] ^= 1 << UInt8(random.next() % 8)
            case 2, 3: bytes[place] = UInt8(truncatingIfNeeded: random.next())
            case 4: bytes[place] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF][Int(random.next() % 6)]
            case 5: bytes.removeSubrange(place..<min(bytes.count, place + 1 + Int(random.next() % 8)))
            case 6:
                bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + Int(random.next() % 32))], at: place)
            default: bytes.removeSubrange(place...)
            }
        }
        return bytes
    }

    private static func files(_ folder: String) -> [[UInt8]] {
        guard let directory = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(directory) }
        var files: [[UInt8]] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            guard !name.hasPrefix("."), let file = unsafe fopen("\(folder)/\(name)", "r") else { continue }
            var bytes = [UInt8](repeating: 0, count: longest)
            let count = unsafe fread(&bytes, 1, longest, file)
            unsafe fclose(file)
            files.append(Array(bytes.prefix(count)))
        }
        return files
    }

    private static func seconds(_ clock: clockid_t = CLOCK_MONOTONIC) -> Double {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static func residentMegabytes() -> Int {
        var usage = rusage()
        unsafe getrusage(__rusage_who_t(0), &usage)
        return usage.ru_maxrss >> 10
    }
}

/// Numbers that follow from a number (SplitMix64).
private struct NumberedRandom {
    private var state: UInt64

    init(_ number: Int) { state = UInt64(number) &* 0xD134_2543_DE82_EF95 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
