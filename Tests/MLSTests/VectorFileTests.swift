import FoundationEssentials
import MLSVectors
import Testing

/// The working group's vectors, from `BACKLINE_MLS_VECTORS` or the folder `../shared/data/mls` beside the checkout.
@Suite struct VectorFileTests {
    private static var folder: String {
        if let set = ProcessInfo.processInfo.environment["BACKLINE_MLS_VECTORS"] { return set }
        let checkout = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return "/\(checkout)/../shared/data/mls"
    }

    private static var isPresent: Bool { FileManager.default.fileExists(atPath: folder) }

    @Test(
        .enabled(
            if: isPresent, "there are no vectors: set BACKLINE_MLS_VECTORS to a folder of mlswg/mls-implementations"))
    func everyEntryOfEveryFilePasses() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder).filter { $0.hasSuffix(".json") }
        #expect(!files.isEmpty)
        for file in files.sorted() {
            let data = try Data(contentsOf: URL(filePath: "\(Self.folder)/\(file)"))
            let results = try VectorFile.run(data)
            #expect(!results.isEmpty, "\(file) is empty")
            for result in results {
                #expect(result.outcome == .passed, "\(file) entry \(result.index)")
            }
        }
    }
}
