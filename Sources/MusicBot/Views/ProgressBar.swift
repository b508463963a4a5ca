/// How far a song is, drawn with characters that every Discord client shows alike.
public enum ProgressBar {
    /// A bar of `width` cells: `━━━━●─────`. Without a length it is a bar whose knob stands at the end.
    public static func text(position: Duration, duration: Duration?, width: Int = 18) -> String {
        let cells = max(3, width)
        let knob: Int
        if let duration, duration > .zero {
            let share = min(1, max(0, position / duration))
            knob = min(cells - 1, Int(share * Double(cells)))
        } else {
            knob = cells - 1
        }
        return String(repeating: "━", count: knob) + "●" + String(repeating: "─", count: cells - 1 - knob)
    }
}
