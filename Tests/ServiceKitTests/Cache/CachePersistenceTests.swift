import FoundationEssentials
import Glibc
import TestSupport
import Testing

@testable import ServiceKit

/// A folder that goes with its test.
private final class Folder {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path + "/backline-cache-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

private func entry(_ number: Int, size: Int = 20) -> PersistedEntry {
    PersistedEntry(
        key: Array("key \(number)".utf8), value: Array(repeating: UInt8(truncatingIfNeeded: number), count: size),
        freshUntil: .seconds(number), staleUntil: .seconds(number * 2), usableUntil: .never, cost: .milliseconds(number)
    )
}

private func same(_ first: PersistedEntry?, _ second: PersistedEntry) -> Bool {
    guard let first else { return false }
    return first.key == second.key && first.value == second.value && first.freshUntil == second.freshUntil
        && first.usableUntil > .forever && first.cost == second.cost
}

@Suite struct CachePersistenceTests {
    private let folder: Folder
    private var path: String { folder.path + "/songs.cache" }

    init() throws {
        folder = try Folder()
    }

    private func bytes() throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: path))) }
    private func replace(_ bytes: [UInt8]) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }

    @Test func checksumIsCastagnoli() {
        #expect(Checksum.of(Array("123456789".utf8)) == 0xE306_9283)
    }

    @Test func survivesARestart() async throws {
        do {
            let file = try FileCachePersistence(path: path, entries: 100, bytes: 100_000)
            try await file.write((0..<50).map { entry($0) })
            try await file.write([entry(7, size: 99)])
            try await file.remove([entry(3).key])
        }
        let file = try FileCachePersistence(path: path, entries: 100, bytes: 100_000)
        #expect(await file.count == 49)
        #expect(await file.damagedBytes == 0)
        #expect(try await file.read([entry(3).key]).isEmpty)
        #expect(same(try await file.read([entry(7).key]).first, entry(7, size: 99)))
        #expect(try await file.read((0..<50).map { entry($0).key }).count == 49)
    }

    /// The oldest go first, and the file stays short however much is written.
    @Test func isBounded() throws {
        var file = try CacheFile(path: path, entries: 50, bytes: 20_000)
        for number in 0..<5000 {
            try file.write([entry(number % 700, size: number % 400)])
            #expect(file.count <= 50)
            #expect(file.fileBytes <= 20_000 * 2 + (64 << 10) + 1000)
        }
        #expect(same(try file.read(entry(4999 % 700).key), entry(4999 % 700, size: 4999 % 400)))
        #expect(throws: CacheError.tooLarge(bytes: 30_000)) { try file.write([entry(1, size: 30_000)]) }
        let count = file.count
        let again = try CacheFile(path: path, entries: 50, bytes: 20_000)
        #expect(again.count == count)
    }

    /// Any damage costs what it hit, never the start, and nothing damaged is handed out.
    @Test(arguments: 1...60) func damageCostsTheEntriesItHit(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        do {
            var file = try CacheFile(path: path, entries: 1000, bytes: 1 << 20)
            for number in 0..<40 { try file.write([entry(number, size: Int.random(in: 0...300, using: &random))]) }
        }
        let whole = try bytes()
        var damaged = whole
        let kind = seed % 4
        if kind == 0 {
            damaged = Array(damaged.prefix(Int.random(in: 0...damaged.count, using: &random)))
        } else if kind == 1 {
            damaged[Int.random(in: 8..<damaged.count, using: &random)] ^= UInt8.random(in: 1...255, using: &random)
        } else if kind == 2 {
            let start = Int.random(in: 8..<damaged.count, using: &random)
            for index in start..<min(damaged.count, start + 500) {
                damaged[index] = .random(in: 0...255, using: &random)
            }
        } else {
            let start = Int.random(in: 0..<damaged.count, using: &random)
            damaged.removeSubrange(start..<min(damaged.count, start + Int.random(in: 1...200, using: &random)))
        }
        try replace(damaged)
        var file = try CacheFile(path: path, entries: 1000, bytes: 1 << 20)
        var found = 0
        for number in 0..<40 {
            guard let read = try file.read(entry(number).key) else { continue }
            found += 1
            #expect(same(read, entry(number, size: read.value.count)), "seed \(seed)")
        }
        if kind == 1 { #expect(found == 39, "one byte costs one entry, seed \(seed)") }
        if kind == 2 { #expect(found >= 20) }
        // It goes on working.
        try file.write([entry(99)])
        #expect(same(try file.read(entry(99).key), entry(99)))
    }

    @Test(arguments: ["", "BLCACHE", "BLCACHE9 from another day", String(repeating: "x", count: 100_000)])
    func foreignFilesAreBegunAnew(content: String) throws {
        try replace(Array(content.utf8))
        var file = try CacheFile(path: path, entries: 10, bytes: 10_000)
        #expect(file.count == 0)
        try file.write([entry(1)])
        let again = try CacheFile(path: path, entries: 10, bytes: 10_000)
        #expect(again.count == 1)
    }

    @Test func damageWhileOpenIsSeen() throws {
        var file = try CacheFile(path: path, entries: 10, bytes: 10_000)
        try file.write([entry(1), entry(2)])
        var content = try bytes()
        content[content.count - 1] ^= 1
        try replace(content)
        #expect(try file.read(entry(2).key) == nil)
        #expect(file.count == 1)
    }

    @Test func aMissingFolderIsAnError() {
        #expect(throws: CacheError.file(call: "open", code: ENOENT)) {
            _ = try FileCachePersistence(path: folder.path + "/none/songs.cache", entries: 10, bytes: 10_000)
        }
    }
}
