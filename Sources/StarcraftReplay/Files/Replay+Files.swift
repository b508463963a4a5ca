extension Replay {
    /// `replay.details`, or its backup when it is lost.
    public func details() throws(ReplayError) -> ReplayDetails {
        let (part, bytes) = try file(.details, or: .detailsBackup)
        return try ReplayDetails(bytes.span, part: part, limits: limits)
    }

    /// `replay.initData`, or its backup when it is lost.
    public func initData() throws(ReplayError) -> InitData {
        let (part, bytes) = try file(.initData, or: .initDataBackup)
        return try InitData(bytes.span, part: part, build: header.version.baseBuild)
    }

    /// `replay.attributes.events`.
    public func attributes() throws(ReplayError) -> MatchAttributes {
        guard let bytes = try file(.attributes) else { throw .missing(.attributes) }
        return try MatchAttributes(bytes.span, build: header.version.baseBuild)
    }

    /// `replay.gamemetadata.json`; `nil` in replays from before 3.4.0.
    public func metadata() throws(ReplayError) -> GameMetadata? {
        guard let bytes = try file(.metadata), !bytes.isEmpty else { return nil }
        return try GameMetadata(bytes.span)
    }
}
