package import ReeveModel

/// `reeve explain --file TRANSCRIPT --kind claude`: the verdict on a file alone, without a daemon, a process or a hook.
package enum OfflineExplanation {
    package struct Thread: Sendable {
        package var explanation: ThreadExplanation
        package var skipped: Int
    }

    /// Kinds whose files can be explained, with what the file must be.
    package static let kinds: [(kind: String, form: TranscriptPaths.Form)] = [
        ("claude", .lines), ("codex", .lines), ("pi", .lines), ("droid", .lines), ("amp", .document), ("opencode", .database),
        ("kilo", .database),
    ]

    /// One thread for most files, several for a database. Throws `notFound` for a file that cannot be opened, `invalidParams` for a kind
    /// without files and for a file in which nothing of that kind is found.
    package static func explain(
        file: String, kind: String, now: Timestamp, files: some TranscriptFiles = DiskTranscriptFiles()
    ) throws(ReeveError) -> [Thread] {
        guard let form = kinds.first(where: { $0.kind == kind })?.form,
            var source = ThreadSource(kind: kind, form: form, path: file)
        else {
            let names = kinds.map(\.kind).joined(separator: ", ")
            throw .invalid(
                "$.kind", "there is no transcript of '\(InertText.clean(kind))' to read", hint: "these have one: \(names)")
        }
        guard files.open(file) != nil else {
            throw ReeveError(
                .notFound, "'\(InertText.clean(file))' is no file that can be read",
                hint: "name a transcript; docs/states.md says where each agent keeps them")
        }
        var roster = ThreadRoster()
        for report in source.poll(files) {
            var report = report
            // The file of a sub-agent is looked at for its own sake here.
            report.isChild = false
            report.parent = nil
            roster.take(report, now: now)
        }
        _ = roster.settle(now: now)
        let threads = roster.keys.compactMap { roster.knowledge(of: $0) }
        guard !threads.isEmpty else {
            throw .invalid(
                "$.file",
                "'\(InertText.clean(file))' holds nothing of a thread of \(kind): \(source.skipped) lines could not be read",
                hint: "is it a transcript of another agent? --kind says which")
        }
        return threads.map { Thread(explanation: $0.explanation(now: now), skipped: source.skipped) }
    }
}
