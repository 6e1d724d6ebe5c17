/// The name of a branch that git takes and that no program can misread: valid by construction.
///
/// The rules are those of `git check-ref-format` (git 2.39), and beyond them: no `-` in front, not `HEAD`, nothing that does something
/// instead of being seen, at most 200 bytes (each part is a file name below `.git`).
package struct BranchName: Sendable, Hashable, CustomStringConvertible {
    package static let longest = 200

    package let text: String

    package init?(_ text: String) {
        guard Self.fault(in: text) == nil else { return nil }
        self.text = text
    }

    package var description: String { text }
    /// `refs/heads/FEAT/FEAT-1`: means the branch, whatever tags there are.
    package var reference: String { "refs/heads/\(text)" }

    /// What is wrong with a name, in a few words; nil for a good one.
    package static func fault(in text: String) -> String? {
        if text.isEmpty { return "is empty" }
        if text.utf8.count > longest { return "is longer than \(longest) bytes" }
        if text == "@" || text == "HEAD" { return "means something else to git" }
        if text.hasPrefix("-") { return "starts with '-'" }
        if text.hasSuffix(".") { return "ends with '.'" }
        if text.contains("..") { return "has '..' in it" }
        if text.contains("@{") { return "has '@{' in it" }
        for scalar in text.unicodeScalars {
            if " ~^:?*[\\".unicodeScalars.contains(scalar) { return "has '\(scalar)' in it" }
            if InertText.isActive(scalar) { return "has a character in it that is not seen" }
        }
        for part in text.split(separator: "/", omittingEmptySubsequences: false) {
            if part.isEmpty { return "has an empty part" }
            if part.hasPrefix(".") { return "has a part that starts with '.'" }
            if part.hasSuffix(".lock") { return "has a part that ends with '.lock'" }
        }
        return nil
    }
}

/// How tickets' branches are named: `{type}/{id}`.
package struct BranchTemplate: Sendable, Hashable {
    /// As in Operator's configuration, where the second is called `{ticket_id}`: both are taken.
    package static let usual = "{type}/{id}"

    package let text: String

    /// - Throws: `invalid_params` when no ticket could get a branch of its own by it.
    package init(_ text: String = usual) throws(ReeveError) {
        self.text = text
        guard text.contains("{id}") || text.contains("{ticket_id}") else {
            throw .invalid(
                "branch", "'\(InertText.clean(text))' has no {id}: two tickets would have one branch", hint: "try \(Self.usual)")
        }
        let example = Self.fill(text, id: "FEAT-1", type: "FEAT")
        if example.contains("{") || example.contains("}") {
            throw .invalid("branch", "'\(InertText.clean(text))': only {type} and {id} are known", hint: "try \(Self.usual)")
        }
        if let fault = BranchName.fault(in: example) {
            throw .invalid("branch", "'\(InertText.clean(text))': the name \(fault)", hint: "try \(Self.usual)")
        }
    }

    /// - Throws: `conflict` when this ticket's id or type makes a name that git does not take: `A..B`.
    package func branch(ticket: TicketID, type: String) throws(ReeveError) -> BranchName {
        let name = Self.fill(text, id: ticket.text, type: type)
        if let branch = BranchName(name) { return branch }
        throw .conflict(
            "'\(InertText.clean(name))' cannot be the branch of '\(ticket)': it \(BranchName.fault(in: name) ?? "is not taken by git")",
            hint: "give the ticket another id or type, or change [git] branch")
    }

    private static func fill(_ text: String, id: String, type: String) -> String {
        var result = ""
        var rest = Substring(text)
        while let open = rest.firstIndex(of: "{") {
            result += rest[..<open]
            rest = rest[open...]
            // One pass: what a value brings is never read as a name again.
            if let key = ["{type}": type, "{id}": id, "{ticket_id}": id].first(where: { rest.hasPrefix($0.key) }) {
                result += key.value
                rest = rest.dropFirst(key.key.count)
            } else {
                result.append(rest.removeFirst())
            }
        }
        return result + rest
    }
}
