/// What was measured of one program.
struct ReplayResult {
    /// The program and what it did.
    var name: String
    /// Whether it read only the small files.
    var isSmall: Bool
    /// Milliseconds of processor time of each file; `nil` where it failed.
    var times: [Double?]
    /// All files, one process.
    var perSecondOnOne: Double
    /// All files, two processes.
    var perSecondOnTwo: Double

    /// The middle of the times of some files.
    func median(_ files: some Sequence<Int>) -> Double { percentile(0.5, files) }

    /// The time that so many of some files do not exceed.
    func percentile(_ fraction: Double, _ files: some Sequence<Int>) -> Double {
        let sorted = files.compactMap { times[$0] }.sorted()
        guard !sorted.isEmpty else { return 0 }
        return sorted[min(sorted.count - 1, Int(Double(sorted.count) * fraction))]
    }
}

extension Double {
    /// With three digits behind the point: small files take hundredths of a millisecond.
    var figure3: String {
        let thousandths = Int((self * 1000).rounded())
        let rest = String(thousandths % 1000)
        return self >= 10 ? figure : "\(thousandths / 1000)." + String(repeating: "0", count: 3 - rest.count) + rest
    }
}
