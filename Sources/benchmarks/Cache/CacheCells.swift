/// A trace with a size of the cache, and the hit ratios in percent that others measured there.
///
/// Of the public traces that the reference data holds; Sources: a simulator of LRU, S3-FIFO, ARC and W-TinyLFU (which
/// reproduces the ARC paper's and Caffeine's published values), theine 2.0.0 and moka-py 0.5.0 run for real, and Belady's
/// optimum.
struct CacheCell {
    let trace: String
    let entries: Int
    let lru: Double
    let theine: Double
    let moka: Double
    /// The best of LRU, SIEVE, S3-FIFO, ARC, W-TinyLFU with windows of 1 and 20 %, theine and moka.
    let best: Double
    let optimum: Double

    /// The cells.
    static let all = [
        CacheCell("OLTP", 250, lru: 16.47, theine: 24.47, moka: 20.21, best: 24.47, optimum: 38.43),
        CacheCell("OLTP", 500, lru: 23.45, theine: 31.94, moka: 27.30, best: 33.59, optimum: 46.42),
        CacheCell("OLTP", 1000, lru: 32.83, theine: 39.98, moka: 34.23, best: 40.84, optimum: 53.61),
        CacheCell("OLTP", 2000, lru: 42.47, theine: 44.86, moka: 41.20, best: 47.01, optimum: 60.40),
        CacheCell("loop", 512, lru: 0.00, theine: 46.09, moka: 50.20, best: 50.20, optimum: 50.54),
        CacheCell("gli", 500, lru: 0.95, theine: 32.35, moka: 19.90, best: 32.35, optimum: 34.26),
        CacheCell("gli", 1000, lru: 11.21, theine: 50.79, moka: 45.65, best: 50.79, optimum: 53.13),
        CacheCell("multi3", 1000, lru: 37.70, theine: 51.08, moka: 47.77, best: 51.08, optimum: 56.28),
        CacheCell("sprite", 400, lru: 70.77, theine: 69.09, moka: 70.03, best: 71.40, optimum: 84.56),
        CacheCell("web07", 256, lru: 40.77, theine: 43.40, moka: 42.44, best: 45.53, optimum: 54.85),
        CacheCell("web07", 1024, lru: 50.56, theine: 51.47, moka: 50.89, best: 54.22, optimum: 63.72),
        CacheCell("corda", 256, lru: 33.33, theine: 31.55, moka: 19.58, best: 33.33, optimum: 33.33),
        CacheCell("orm-busy", 256, lru: 61.47, theine: 59.87, moka: 57.91, best: 65.57, optimum: 72.40),
        CacheCell("orm-busy", 1024, lru: 78.88, theine: 76.63, moka: 73.07, best: 78.88, optimum: 84.25),
        CacheCell("orm-busy", 4096, lru: 84.56, theine: 84.09, moka: 82.13, best: 85.72, optimum: 90.51),
        CacheCell("corda+loop+corda", 512, lru: 11.64, theine: 38.45, moka: 39.79, best: 39.79, optimum: 44.53),
        CacheCell("corda+5 loop+corda", 512, lru: 3.23, theine: 45.56, moka: 47.62, best: 47.62, optimum: 48.91),
    ]

    private init(
        _ trace: String, _ entries: Int, lru: Double, theine: Double, moka: Double, best: Double, optimum: Double
    ) {
        self.trace = trace
        self.entries = entries
        self.lru = lru
        self.theine = theine
        self.moka = moka
        self.best = best
        self.optimum = optimum
    }

    /// The requests, from a folder of traces; nil when they are not there.
    func load(from folder: String) throws -> RequestTrace? {
        func part(_ name: String) throws -> [UInt32]? {
            for file in ["\(folder)/\(name).u32.zst", "\(folder)/\(name).u32"] {
                if let trace = try? RequestTrace(file: file) { return trace.keys }
            }
            return nil
        }
        guard trace.hasPrefix("corda+") else { return try part(trace).map { RequestTrace(keys: $0) } }
        guard let corda = try part("corda"), let loop = try part("loop") else { return nil }
        let other = loop.map { $0 &+ 1_000_000_000 }
        let loops = repeatElement(other, count: trace.contains("5") ? 5 : 1).flatMap { $0 }
        return RequestTrace(keys: corda + loops + corda)
    }
}
