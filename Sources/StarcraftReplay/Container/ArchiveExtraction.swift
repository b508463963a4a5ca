extension Archive {
    /// The bytes of a file; `nil` when the archive has no such file.
    func extract(
        _ part: ReplayPart, from bytes: Span<UInt8>, limits: ReplayLimits
    ) throws(ReplayError) -> [UInt8]? {
        guard let block = block(of: part) else { return nil }
        guard block.flags & Block.encrypted == 0 else {
            throw .unsupported(part, offset: block.position, feature: .encryption)
        }
        guard block.flags & Block.imploded == 0 else {
            throw .unsupported(part, offset: block.position, feature: .implosion)
        }
        guard block.size <= limits.fileBytes else {
            throw .tooLarge(part, offset: block.position, limit: limits.fileBytes)
        }
        guard block.position <= bytes.count - block.storedSize else {
            throw .truncated(.archive, offset: block.position)
        }
        let stored = bytes.extracting(block.position..<block.position + block.storedSize)
        if block.flags & Block.compressed == 0 {
            guard block.size <= stored.count else { throw .truncated(.archive, offset: block.position) }
            return stored.extracting(0..<block.size).array()
        }
        if block.flags & Block.singleUnit != 0 {
            return try Archive.unit(stored, size: block.size, of: part, at: block.position)
        }
        return try sectors(stored, block, of: part, limits)
    }

    /// Joins the sectors of a file; a table of their offsets stands before them.
    private func sectors(
        _ stored: Span<UInt8>, _ block: Block, of part: ReplayPart, _ limits: ReplayLimits
    ) throws(ReplayError) -> [UInt8] {
        let count = (block.size + sectorSize - 1) / sectorSize
        let tableEnd = (count + 1 + (block.flags & Block.sectorChecksums != 0 ? 1 : 0)) * 4
        guard block.size > 0 else { return [] }
        guard count <= limits.sectors else { throw .tooLarge(part, offset: block.position, limit: limits.sectors) }
        guard tableEnd <= stored.count else { throw .truncated(.archive, offset: block.position) }
        var whole: [UInt8] = []
        var free = tableEnd
        for sector in 0..<count {
            guard let start = stored.double(at: sector * 4), let end = stored.double(at: sector * 4 + 4),
                start <= end, Int(start) >= free, Int(end) <= stored.count
            else { throw .damaged(.archive, offset: block.position + sector * 4, problem: .range) }
            free = Int(end)
            let share = min(sectorSize, block.size - sector * sectorSize)
            whole += try Archive.unit(
                stored.extracting(Int(start)..<Int(end)), size: share, of: part, at: block.position + Int(start))
        }
        return whole
    }

    /// One unit: raw when it is as long as announced, else a byte that names the method, and the rest.
    private static func unit(
        _ stored: Span<UInt8>, size: Int, of part: ReplayPart, at offset: Int
    ) throws(ReplayError) -> [UInt8] {
        guard size > stored.count else { return stored.extracting(0..<size).array() }
        guard stored.count > 0 else { throw .truncated(.archive, offset: offset) }
        let rest = stored.extracting(1..<stored.count)
        let (bytes, status): ([UInt8], Int)
        switch stored[0] {
        case 0x02: (bytes, status) = Decompression.zlib(rest, size: size)
        case 0x10: (bytes, status) = Decompression.bzip2(rest, size: size)
        default: throw .unsupported(part, offset: offset, feature: .compression(Int(stored[0])))
        }
        guard status == 0, bytes.count == size else {
            throw .damaged(part, offset: bytes.count, problem: .compression(status: status))
        }
        return bytes
    }
}
