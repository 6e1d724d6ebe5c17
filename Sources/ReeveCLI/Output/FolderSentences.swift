import ReeveModel
import ReeveWire

/// What is said of tickets that are files.
extension Sentences {
    static func imported(_ result: TicketImport.Result) -> String {
        var lines = result.files.map { Wrapping.wrap(Terminal.clean($0.note), Terminal.width) }
        if let more = result.more { lines.append("… and \(more) more files") }
        let made = result.dryRun ? "would be imported" : "imported"
        var counts = ["\(result.imported) \(made)" + (result.newIds > 0 ? " (\(result.newIds) with a new id)" : "")]
        for (number, word) in [
            (result.duplicates, "there already"), (result.wrong, "wrong"), (result.skipped, "no tickets"),
        ] where number > 0 { counts.append("\(number) \(word)") }
        lines.append(counts.joined(separator: " · "))
        return lines.joined(separator: "\n")
    }

    static func folder(_ result: TicketFolderStatus.Result) -> String {
        guard let directory = result.directory else {
            return "no folder is configured; [tickets] directory in the configuration names one"
        }
        var lines = [Terminal.clean(directory)]
        for report in result.reports {
            let place = report.line.map { "\(report.file):\($0)" } ?? report.file
            let message = report.message.hasPrefix(place) ? report.message : "\(place): \(report.message)"
            lines.append(
                Wrapping.wrap(Terminal.clean(message + (report.hint.map { "; \($0)" } ?? "")), Terminal.width))
        }
        if result.reports.isEmpty { lines.append("everything in it is understood") }
        return lines.joined(separator: "\n")
    }
}
