/// A table for people: columns as wide as they need, the last one cut to the terminal.
struct Table {
    var header: [String]
    var rows: [[String]]

    func render(width: Int) -> String {
        let all = [header] + rows.map { $0.map { Terminal.clean($0) } }
        var widths = header.indices.map { column in all.map { Terminal.columns($0[column]) }.max() ?? 0 }
        // The last column gets at least eight; the widest of the others give way.
        while widths.dropLast().reduce(0, { $0 + $1 + 2 }) + 8 > width,
            let widest = widths.indices.dropLast().max(by: { widths[$0] < widths[$1] }), widths[widest] > 4
        {
            widths[widest] -= 1
        }
        return all.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                if column == row.count - 1 {
                    let left = max(8, width - Terminal.columns(line))
                    line += Terminal.fit(cell, left)
                } else {
                    let text = Terminal.fit(cell, widths[column])
                    line += text + String(repeating: " ", count: widths[column] - Terminal.columns(text) + 2)
                }
            }
            return String(line.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }
}
