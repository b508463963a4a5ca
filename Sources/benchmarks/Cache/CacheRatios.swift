import DiscordModel
import ServiceKit

/// The hit ratios on the public traces, beside what others measured and, with peers, what they give here.
struct CacheRatios {
    let folder: String
    let temporary: String
    let peers: CachePeers?

    /// The table and its rows.
    func run() async throws -> (text: String, rows: [JSONValue]) {
        var table = Table(
            ["hit ratio %"] + CacheContest.policies.map(CacheContest.name) + [
                "theine", "moka", "best of others", "ours less LRU", "ours less best", "optimum",
            ])
        var rows: [JSONValue] = []
        var sums = (ours: 0.0, theine: 0.0, moka: 0.0)
        var within = 0
        var least = Double.infinity
        for cell in CacheCell.all {
            guard let trace = try cell.load(from: folder) else {
                progress("\(cell.trace): not in \(folder), left out")
                continue
            }
            let ratios = CacheContest.policies.map { policy in
                CacheContest.replay(trace, entries: cell.entries, policy: policy).hitRatio * 100
            }
            let (theine, moka) = try await peerRatios(cell, trace)
            let ours = ratios[ratios.count - 1]
            let best = max(cell.best, theine, moka)
            sums = (sums.ours + ours, sums.theine + theine, sums.moka + moka)
            if ours >= best - 1 { within += 1 }
            least = min(least, ours - ratios[0])
            table.add(
                ["\(cell.trace) @\(cell.entries)"] + ratios.map(\.percent) + [
                    theine.percent, moka.percent, best.percent, (ours - ratios[0]).percent, (ours - best).percent,
                    cell.optimum.percent,
                ])
            let named = zip(CacheContest.policies.map(CacheContest.name), ratios).map { ($0, JSONValue.number($1)) }
            rows.append(
                .object([
                    "trace": .string(cell.trace), "entries": .integer(Int64(cell.entries)),
                    "hit_ratio": .object(Dictionary(uniqueKeysWithValues: named)), "theine": .number(theine),
                    "moka": .number(moka), "best": .number(best), "lru_reference": .number(cell.lru),
                    "optimum": .number(cell.optimum),
                ]))
            progress("\(cell.trace) @\(cell.entries): ours \(ours.percent), best \(best.percent)")
        }
        guard !rows.isEmpty else { return ("no traces in \(folder): the hit ratios are left out", []) }
        let count = Double(rows.count)
        let words =
            "Mean: ours \((sums.ours / count).percent), theine \((sums.theine / count).percent), moka "
            + "\((sums.moka / count).percent). Within 1 point of the best of all: \(within) of \(rows.count). "
            + "Least of ours less LRU: \(least.percent)."
        return (table.text + "\n\n" + words, rows)
    }

    /// What theine and moka give here, or without them what they gave elsewhere.
    private func peerRatios(_ cell: CacheCell, _ trace: RequestTrace) async throws -> (theine: Double, moka: Double) {
        guard let peers else { return (cell.theine, cell.moka) }
        let file = temporary + "/trace.u32"
        try trace.write(to: file)
        let theine = try await peers.replay("theine", trace: file, entries: cell.entries, rounds: 1)
        let moka = try await peers.replay("moka", trace: file, entries: cell.entries, rounds: 1)
        return (theine.hitRatio * 100, moka.hitRatio * 100)
    }
}
