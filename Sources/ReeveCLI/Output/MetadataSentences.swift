import ReeveModel
import ReeveWire

/// What is told of tickets and sessions, as text for people.
extension Sentences {
    static func status(_ status: MetadataStatusShape) -> String {
        fitted("\(MetadataTone(word: status.tone).sign) \(status.text)", indent: 0)
    }

    static func progress(_ progress: MetadataProgressShape) -> String { fitted(words(progress), indent: 0) }

    static func line(_ line: MetadataLineShape) -> String {
        let source = line.source.map { "\($0): " } ?? ""
        return fitted("\(clock(line.time)) \(MetadataTone(word: line.tone).sign) \(source)\(line.message)", indent: 0)
    }

    /// - Parameter lines: of the log, the newest ones.
    static func metadata(_ metadata: MetadataShape, lines: Int) -> String {
        var rows: [String] = []
        if let status = metadata.status { rows.append(self.status(status)) }
        if let progress = metadata.progress { rows.append(self.progress(progress)) }
        let log = metadata.log ?? []
        if log.count > lines, lines > 0 { rows.append("… \(log.count - lines) more before; --lines \(MetadataBoard.lines)") }
        rows += log.suffix(lines).map { line($0) }
        return rows.joined(separator: "\n")
    }

    /// Behind a title: `✗ tests fail 37%`.
    static func brief(_ metadata: MetadataShape) -> String? {
        let status = metadata.status.map { "\(MetadataTone(word: $0.tone).sign) \($0.text)" }
        let parts = [status, metadata.progress.map { share($0) }].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }

    static func words(_ progress: MetadataProgressShape) -> String {
        let bar = String(repeating: "█", count: min(max(progress.percent, 0), 100) / 10)
        let rest = String(repeating: "░", count: 10 - bar.count)
        return "\(bar)\(rest) \(share(progress))" + (progress.label.map { " \($0)" } ?? "")
    }

    private static func share(_ progress: MetadataProgressShape) -> String {
        if let current = progress.current, let total = progress.total { return "\(current)/\(total)" }
        return "\(progress.percent)%"
    }

    private static func fitted(_ text: String, indent: Int) -> String {
        Terminal.fit(Terminal.clean(text), Terminal.width - indent)
    }
}
