package import ReeveModel

/// What a ticket's file says. A value: nothing of it has been carried out.
///
/// Everything in it is checked or cleaned, but for `body`, which is what the agent is to read and is cleaned where it is shown.
package struct TicketFile: Sendable, Hashable {
    package enum Header: Sendable, Hashable { case frontMatter, legacy, none }

    /// Operator's own book-keeping, read and never written: `llm_task`.
    package struct ModelTask: Sendable, Hashable {
        package var id: String?
        package var status: String?
        package var blockedBy: [String] = []
    }

    package var header: Header
    /// Nil: the file names none, and gets one.
    package var id: TicketID?
    package var title: String
    /// Lines end with LF. Without the title where that was its first line.
    package var body: String
    package var type: String
    package var priority: Priority
    /// A directory's name below the folder that `.tickets` is in, `global` for that one, or an absolute path; see `directory(below:)`.
    package var project: String?
    package var step: String?
    /// As it is written. The folder counts, not this.
    package var status: String?
    package var agent: String?
    package var delegator: String?
    package var after: [TicketID]
    package var branch: String?
    package var worktreePath: String?
    package var externalID: String?
    package var externalURL: String?
    package var externalProvider: String?
    /// From a step to its conversation.
    package var sessions: [String: String]
    package var stepDelegators: [String: String]
    package var modelTask: ModelTask?
    package var needsIssueTypeMapping: Bool
    package var kind: String?
    package var cwd: String?
    /// Of the file's name.
    package var createdAt: Timestamp?
    /// Keys that mean nothing here. They stay in the file.
    package var unknownKeys: [String]
    /// Their values, where they have one: what a type's `fields` may name.
    package var fields: [String: String] = [:]
    /// From a key that is there to its line.
    package var lines: [String: Int]
    /// The first line below the header.
    package var bodyLine: Int

    /// Where its agent works.
    /// - Parameter root: the directory that the projects are in, absolute.
    /// - Returns: nil when it names no project.
    package func directory(below root: String) -> String? {
        guard let project else { return nil }
        if project.hasPrefix("/") { return project }
        return project == "global" ? root : "\(root)/\(project)"
    }
}

extension TicketFile {
    /// More bytes are no ticket.
    package static let largest = 1 << 20
    /// More bytes of text are none that the journal takes.
    package static let largestBody = 1_000_000
    package static let mostPrerequisites = 100

    /// The keys that are read. Others are kept and mean nothing.
    package static let keys: Set<String> = [
        "id", "title", "type", "priority", "project", "step", "status", "agent", "delegator", "after", "branch", "worktree_path",
        "external_id", "external_url", "external_provider", "sessions", "step_delegators", "llm_task", "needs_issuetype_mapping",
        "kind",
        "cwd",
    ]

    /// Reads a file.
    /// - Parameter name: the file's name, which may tell type, project and age.
    /// - Throws: the first fault, with its line and `name`.
    package static func parse(_ bytes: [UInt8], name: String) throws(TicketFault) -> TicketFile {
        do throws(TicketFault) { return try read(bytes, TicketFileName(name)) } catch { throw error.within(name) }
    }

    private static func read(_ bytes: [UInt8], _ name: TicketFileName) throws(TicketFault) -> TicketFile {
        try checkText(bytes)
        let start = FrontMatterBlock.textStart(bytes)
        let block = try FrontMatterBlock.find(in: bytes)
        var fields = TicketFields()
        var header = Header.none
        if let block {
            header = .frontMatter
            fields = try TicketFields(yaml: String(decoding: bytes[block.inner], as: UTF8.self), linesAbove: 1)
        } else {
            fields = TicketFields(legacy: LegacyHeader.fields(TextLines(bytes, from: start)))
            if !fields.isEmpty { header = .legacy }
        }
        let title = try fields.text("title").flatMap { TicketSummary.shown($0) }
        let summary = TicketSummary(String(decoding: bytes[(block?.body ?? start)...], as: UTF8.self), title: title)
        return try make(fields, summary, name, header, bodyLine: block?.bodyLine ?? 1)
    }

    private static func checkText(_ bytes: [UInt8]) throws(TicketFault) {
        guard bytes.count <= largest else {
            throw TicketFault(
                "the file has \(bytes.count) bytes, more than \(largest)", hint: "put what is long into a file of the project")
        }
        func line(_ offset: Int) -> Int { bytes[..<offset].count { $0 == 0x0A } + 1 }
        if let offset = bytes.firstIndex(of: 0) {
            let isWide = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
            throw TicketFault(
                line: line(offset), isWide ? "UTF-16, not UTF-8" : "a NUL byte: this is no text", hint: "save it as UTF-8 text")
        }
        guard String(validating: bytes, as: UTF8.self) == nil else { return }
        throw TicketFault(line: line(firstInvalid(bytes)), "not UTF-8", hint: "save it as UTF-8 text")
    }

    private static func firstInvalid(_ bytes: [UInt8]) -> Int {
        var low = 0
        // The longest beginning that is valid but for a sequence that its end cuts.
        for (index, byte) in bytes.enumerated() where byte == 0x0A {
            guard String(validating: bytes[low...index], as: UTF8.self) != nil else { return low }
            low = index + 1
        }
        return low
    }

    private static func make(
        _ fields: TicketFields, _ summary: TicketSummary, _ name: TicketFileName, _ header: Header, bodyLine: Int
    ) throws(TicketFault) -> TicketFile {
        let id = try fields.ticketID("id")
        let type = try fields.safeName("type") ?? name.type ?? id.flatMap(typeOf) ?? "TASK"
        let slug = name.slug.map { $0 == "-" || $0 == "_" ? " " : $0 }
        guard let title = summary.title ?? TicketSummary.shown(String(slug)) else {
            throw TicketFault(
                line: bodyLine, "there is nothing to do in it", hint: "write a line of text, or title: in the front matter")
        }
        guard summary.body.utf8.count <= largestBody else {
            throw TicketFault(
                line: bodyLine, "the text has \(summary.body.utf8.count) bytes, more than \(largestBody)",
                hint: "put what is long into a file of the project")
        }
        return TicketFile(
            header: header, id: id, title: title, body: summary.body, type: type,
            priority: try fields.priority("priority") ?? .p2,
            project: try fields.project("project") ?? name.project,
            step: try fields.inert("step"), status: try fields.inert("status"), agent: try fields.safeName("agent"),
            delegator: try fields.inert("delegator"), after: try fields.ticketIDs("after"), branch: try fields.inert("branch"),
            worktreePath: try fields.inert("worktree_path"), externalID: try fields.inert("external_id"),
            externalURL: try fields.inert("external_url"), externalProvider: try fields.inert("external_provider"),
            sessions: try fields.map("sessions"), stepDelegators: try fields.map("step_delegators"),
            modelTask: try fields.modelTask("llm_task"),
            needsIssueTypeMapping: try fields.text("needs_issuetype_mapping") == "true",
            kind: try fields.inert("kind"), cwd: try fields.inert("cwd"), createdAt: name.createdAt,
            unknownKeys: fields.names.filter { !keys.contains($0) }.map { InertText.clean($0) }, fields: fields.others,
            lines: fields.lines, bodyLine: bodyLine)
    }

    /// `FEAT` of `FEAT-1234`.
    private static func typeOf(_ id: TicketID) -> String? {
        guard let hyphen = id.text.firstIndex(of: "-") else { return nil }
        let word = id.text[..<hyphen]
        return word.utf8.allSatisfy { (0x41...0x5A).contains($0) } && !word.isEmpty ? String(word) : nil
    }
}
