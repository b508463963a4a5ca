import DiscordModel

/// Rows per second by database and batch size.
struct WriteFigures {
    private var figures: [(name: String, batch: Int, speed: Double)] = []

    /// Adds the median of a database's rounds.
    mutating func add(_ name: String, _ batch: Int, _ speed: Double) {
        figures.append((name, batch, speed))
    }

    /// The table.
    var text: String {
        var names: [String] = []
        for figure in figures where !names.contains(figure.name) { names.append(figure.name) }
        var batches: [Int] = []
        for figure in figures where !batches.contains(figure.batch) { batches.append(figure.batch) }
        var table = Table(["rows per second, upserts"] + batches.map { "batch \($0)" })
        for name in names {
            table.add(
                [name]
                    + batches.map { batch in
                        (figures.first { $0.name == name && $0.batch == batch }?.speed ?? .nan).figure
                    })
        }
        return table.text
    }

    /// The figures as JSON.
    var json: [JSONValue] {
        figures.map {
            .object([
                "database": .string($0.name), "batch": .integer(Int64($0.batch)), "rows_per_second": .number($0.speed),
            ])
        }
    }
}

/// How long until a write is acknowledged.
struct LatencyFigures {
    private struct Sample {
        var middle: [Double] = []
        var high: [Double] = []
        var speed: [Double] = []
        var atOnce = 1
    }

    private var names: [String] = []
    private var samples: [String: Sample] = [:]

    /// Adds a round's times, in nanoseconds.
    mutating func add(_ name: String, _ atOnce: Int, _ times: [Int64], _ speed: Double) {
        if samples[name] == nil { names.append(name) }
        let sorted = times.sorted()
        var sample = samples[name] ?? Sample()
        sample.middle.append(Double(percentile(0.5, of: sorted)) / 1e6)
        sample.high.append(Double(percentile(0.99, of: sorted)) / 1e6)
        sample.speed.append(speed)
        sample.atOnce = atOnce
        samples[name] = sample
    }

    /// The table.
    var text: String {
        var table = Table(["until acknowledged, on disk", "p50 ms", "p99 ms", "writes per second"])
        for name in names {
            guard let sample = samples[name] else { continue }
            table.add([name, median(sample.middle).figure, median(sample.high).figure, median(sample.speed).figure])
        }
        return table.text
    }

    /// The figures as JSON.
    var json: [JSONValue] {
        names.compactMap { name in
            samples[name].map { sample in
                .object([
                    "write": .string(name), "at_once": .integer(Int64(sample.atOnce)),
                    "p50_ms": .number(median(sample.middle)), "p99_ms": .number(median(sample.high)),
                    "writes_per_second": .number(median(sample.speed)),
                ])
            }
        }
    }
}
