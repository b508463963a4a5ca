import DiscordModel

/// The figures of a voice benchmark as tables and JSON.
struct VoiceReport {
    /// What was measured, by contestant and number of streams.
    let samples: [VoiceContestant: [Int: [VoiceSample]]]
    /// The numbers of streams, in order.
    let streams: [Int]

    /// Processor time, with the ratio against the dearer and the cheaper way of discord.py.
    var costTable: Table {
        var table = Table([
            "streams, program", "CPU ms per stream-minute", "of it in user space", "with children",
            "streams per CPU", "times discord.py (FFmpeg copy)", "times discord.py (Ogg)", "times discord.py (PCM)",
            "start, CPU ms per song",
        ])
        forEachRow { count, contestant, rows in
            table.add([
                "\(count), \(contestant.name)", middle(rows, \.ownPerStreamMinute).figure,
                middle(rows, \.userPerStreamMinute).figure, middle(rows, \.allPerStreamMinute).figure,
                middle(rows, \.streamsPerProcessor).figure,
                ratio(contestant, count, against: "discordpy_ffmpeg").figure,
                ratio(contestant, count, against: "discordpy_ogg").figure,
                ratio(contestant, count, against: "discordpy_pcm").figure,
                (middle(rows, \.startSeconds) * 1_000 / Double(count)).figure,
            ])
        }
        return table
    }

    /// Lateness and loss.
    var latenessTable: Table {
        var table = Table([
            "streams, program", "lateness ms p50", "p99", "max", "% of packets due that came", "lost on the way",
        ])
        forEachRow { count, contestant, rows in
            table.add([
                "\(count), \(contestant.name)", (middle(rows, \.p50) / 1_000).figure,
                (middle(rows, \.p99) / 1_000).figure,
                (middle(rows, \.maximum) / 1_000).figure, (middle(rows, \.delivered) * 100).figure,
                "\(Int(median(rows.map { Double($0.lost) })))",
            ])
        }
        return table
    }

    /// Memory before the first stream, and what a stream adds by linear fit.
    var memoryTable: Table {
        var table = Table([
            "program", "idle RSS MB", "RSS KB per stream", "idle PSS MB", "PSS KB per stream",
            "children's PSS KB per stream", "threads per stream",
        ])
        for contestant in VoiceContestant.all {
            guard let fits = memory(of: contestant) else { continue }
            table.add([
                contestant.name, (fits.idleResident / 1e6).figure, (fits.resident / 1e3).figure,
                (fits.idleProportional / 1e6).figure, (fits.proportional / 1e3).figure, (fits.children / 1e3).figure,
                fits.threads.figure,
            ])
        }
        return table
    }

    /// Everything above for other programs.
    func json(machine: String, seconds: Int, rounds: Int) -> JSONValue {
        var rows: [JSONValue] = []
        forEachRow { count, contestant, samples in
            rows.append(
                .object([
                    "streams": .integer(Int64(count)), "program": .string(contestant.key),
                    "cpu_ms_per_stream_minute": .number(middle(samples, \.ownPerStreamMinute)),
                    "user_ms_per_stream_minute": .number(middle(samples, \.userPerStreamMinute)),
                    "cpu_ms_per_stream_minute_with_children": .number(middle(samples, \.allPerStreamMinute)),
                    "times_discordpy_ffmpeg": .number(ratio(contestant, count, against: "discordpy_ffmpeg")),
                    "times_discordpy_ogg": .number(ratio(contestant, count, against: "discordpy_ogg")),
                    "times_discordpy_pcm": .number(ratio(contestant, count, against: "discordpy_pcm")),
                    "lateness_us_p50": .number(middle(samples, \.p50)),
                    "lateness_us_p99": .number(middle(samples, \.p99)),
                    "lateness_us_max": .number(middle(samples, \.maximum)),
                    "delivered": .number(middle(samples, \.delivered)),
                ]))
        }
        var memories: [String: JSONValue] = [:]
        for contestant in VoiceContestant.all {
            guard let fits = memory(of: contestant) else { continue }
            memories[contestant.key] = .object([
                "idle_rss": .number(fits.idleResident), "rss_per_stream": .number(fits.resident),
                "idle_pss": .number(fits.idleProportional), "pss_per_stream": .number(fits.proportional),
                "children_pss_per_stream": .number(fits.children),
            ])
        }
        return .object([
            "benchmark": "voice", "machine": .string(machine), "seconds": .integer(Int64(seconds)),
            "rounds": .integer(Int64(rounds)), "rows": .array(rows), "memory": .object(memories),
        ])
    }

    private struct MemoryFits {
        var idleResident, resident, idleProportional, proportional, children, threads: Double
    }

    private func memory(of contestant: VoiceContestant) -> MemoryFits? {
        let all = samples[contestant]?.values.flatMap { $0 } ?? []
        guard !all.isEmpty else { return nil }
        func slope(_ value: (VoiceSample) -> Int) -> Double {
            linearFit(all.map { (Double($0.streams), Double(value($0))) }).slope
        }
        return MemoryFits(
            idleResident: median(all.map { Double($0.idle.residentBytes) }), resident: slope { $0.own.residentBytes },
            idleProportional: median(all.map { Double($0.idle.proportionalBytes) }),
            proportional: slope { $0.own.proportionalBytes }, children: slope { $0.children.proportionalBytes },
            threads: slope { $0.own.threads })
    }

    private func forEachRow(_ body: (Int, VoiceContestant, [VoiceSample]) -> Void) {
        for count in streams {
            for contestant in VoiceContestant.all {
                if let rows = samples[contestant]?[count], !rows.isEmpty { body(count, contestant, rows) }
            }
        }
    }

    private func middle(_ rows: [VoiceSample], _ value: KeyPath<VoiceSample, Double>) -> Double {
        median(rows.map { $0[keyPath: value] })
    }

    /// How many times fewer processor seconds a stream costs than with the other program, both with their children.
    private func ratio(_ contestant: VoiceContestant, _ count: Int, against key: String) -> Double {
        guard let peer = VoiceContestant.all.first(where: { $0.key == key }), let theirs = samples[peer]?[count],
            let ours = samples[contestant]?[count]
        else { return .nan }
        return middle(theirs, \.allPerStreamMinute) / middle(ours, \.allPerStreamMinute)
    }
}
