extension String {
    /// The text, cut to `limit` Unicode scalars (what Discord counts) with "…" at the end when it is longer.
    ///
    /// Characters are kept whole, so that one with a hundred combining marks is left out rather than cut.
    public func shortened(to limit: Int) -> String {
        guard unicodeScalars.count > limit else { return self }
        var result = ""
        var count = 1
        for character in self {
            count += character.unicodeScalars.count
            if count > limit { break }
            result.append(character)
        }
        return result + "…"
    }
}
