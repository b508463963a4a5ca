extension LoadingCache {
    /// Frees what has expired and writes to the persistent tier, until cancelled; then writes what is left. With a
    /// persistent tier it begins by taking back what was known of the keys' popularity.
    public func run() async throws {
        await restorePopularity()
        var upkeeps = 0
        while (try? await time.sleep(for: options.upkeepInterval)) != nil {
            memory.collectExpired()
            await flush()
            upkeeps += 1
            if upkeeps % 600 == 0 { await savePopularity() }
        }
        await flush()
        await savePopularity()
    }

    /// Writes what waits to the persistent tier.
    public func flush() async {
        guard let tier else { return }
        let pending = note { $0.pending.take() }
        guard !pending.isEmpty else { return }
        let offset = time.now - wall.now()
        var entries: [PersistedEntry] = []
        var removed: [[UInt8]] = []
        for (key, entry) in pending {
            if let entry, let value = tier.codec.encodeValue(entry.value) {
                entries.append(entry.persisted(key: tier.bytes(key), value: value, offset: offset))
            } else {
                removed.append(tier.bytes(key))
            }
        }
        do throws(CacheError) {
            if !removed.isEmpty { try await tier.persistence.remove(removed) }
            if !entries.isEmpty { try await tier.persistence.write(entries) }
        } catch {
            note { $0.analytics.lostWrites += pending.count }
            logger.warning("the persistent tier took no writes", ["error": "\(error)"])
        }
    }

    /// The usable entry of the persistent tier.
    func persisted(_ key: Key) async -> Entry? {
        guard let tier else { return nil }
        if case .some(let waiting) = note({ $0.pending.waiting(key) }) { return waiting }
        let found: [PersistedEntry]
        do throws(CacheError) {
            found = try await tier.persistence.read([tier.bytes(key)])
        } catch {
            logger.warning("the persistent tier could not be read", ["error": "\(error)"])
            return nil
        }
        guard let persisted = found.first, persisted.usableUntil > wall.now(),
            let value = tier.codec.decodeValue(persisted.value)
        else { return nil }
        return Entry(value, persisted, offset: time.now - wall.now())
    }

    /// Writes what is known of the most popular keys.
    func savePopularity() async {
        guard let tier else { return }
        let now = wall.now()
        let value = note { PopularityCodec.encode($0.popularity, limit: 512, now: now, key: tier.codec.encodeKey) }
        let entry = PersistedEntry(
            key: tier.popularityKey, value: value, freshUntil: .never, staleUntil: .never, usableUntil: .never,
            cost: .zero)
        do throws(CacheError) {
            try await tier.persistence.write([entry])
        } catch {
            logger.warning("the popularity of keys could not be written", ["error": "\(error)"])
        }
    }

    /// Reads what an earlier process knew.
    func restorePopularity() async {
        guard let tier, let entry = try? await tier.persistence.read([tier.popularityKey]).first else { return }
        let records: [(Key, Popularity<Key>.Record)] = PopularityCodec.decode(entry.value, key: tier.codec.decodeKey)
        note { state in for (key, record) in records { state.popularity.restore(key, record) } }
    }
}
