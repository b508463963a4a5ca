/// A table for a terminal and for Markdown at once.
struct Table {
    private let header: [String]
    private var rows: [[String]] = []

    /// A table with these columns; the first is for names and stands left, the others right.
    init(_ header: [String]) {
        self.header = header
    }

    /// Adds a row of as many cells as there are columns.
    mutating func add(_ cells: [String]) {
        rows.append(Array((cells + Array(repeating: "", count: header.count)).prefix(header.count)))
    }

    /// The lines of the table.
    var text: String {
        let widths = header.indices.map { column in
            max(3, ([header] + rows).map { $0[column].count }.max() ?? 0)
        }
        func line(_ cells: [String]) -> String {
            let padded = cells.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + space : space + cell
            }
            return "| " + padded.joined(separator: " | ") + " |"
        }
        let rule = widths.enumerated().map { column, width in
            column == 0 ? String(repeating: "-", count: width) : String(repeating: "-", count: width - 1) + ":"
        }
        return ([line(header), "| " + rule.joined(separator: " | ") + " |"] + rows.map(line)).joined(separator: "\n")
    }
}

extension Double {
    /// The number with about three significant digits, for a table.
    var figure: String {
        guard isFinite else { return "–" }
        let places = magnitude >= 99.95 ? 0 : magnitude >= 9.995 ? 1 : magnitude >= 0.0005 ? 2 : 0
        let scale = [1.0, 10.0, 100.0][places]
        let scaled = (self * scale).rounded()
        guard places > 0 else { return "\(Int64(scaled))" }
        let whole = Int64(scaled.magnitude) / Int64(scale)
        let rest = String(Int64(scaled.magnitude) % Int64(scale))
        let zeros = String(repeating: "0", count: places - rest.count)
        return (self < 0 ? "-" : "") + "\(whole).\(zeros)\(rest)"
    }
}
