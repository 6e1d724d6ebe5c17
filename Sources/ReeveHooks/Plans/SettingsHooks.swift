import ReeveJSON
import ReeveModel

/// Our entries in a settings file of the shape that Claude Code and Codex share:
/// `{"hooks": {"Stop": [{"hooks": [{"type": "command", "command": "…", "timeout": 5}]}]}}`.
///
/// An entry of ours is known by its command. Everything else in the file is somebody else's and keeps every byte.
struct SettingsHooks {
    var file: String
    var command: HookCommand
    var timeout: Int64
    var events: [String]

    private var entry: JSONPiece {
        .object([.init("type", .string("command")), .init("command", .string(command.text)), .init("timeout", .number(timeout))])
    }

    private var group: JSONPiece { .object([.init("hooks", .array([entry]))]) }

    // MARK: - Putting in

    /// - Parameter bytes: nil when there is no file.
    func installed(in bytes: [UInt8]?) throws(ReeveError) -> [UInt8] {
        guard let bytes, !bytes.allSatisfy(Self.isSpace) else { return newFile(after: bytes) }
        var edit = try checked(bytes)
        let unwanted = edit.root.member("hooks").map(names)?.filter { !events.contains($0) } ?? []
        for event in unwanted { _ = remove(event, keeping: 0, from: &edit) }
        guard edit.root.member("hooks") != nil else {
            edit.add("hooks", .object(events.map { .init($0, .array([group])) }), to: edit.root)
            return edit.bytes
        }
        for event in events { install(event, in: &edit) }
        return edit.bytes
    }

    private func install(_ event: String, in edit: inout JSONEdit) {
        guard let hooks = edit.root.member("hooks") else { return }
        guard let groups = hooks.member(event) else { return edit.add(event, .array([group]), to: hooks) }
        guard let first = ours(in: groups).first else { return edit.append(group, to: groups) }
        _ = remove(event, keeping: 1, from: &edit)
        let kept = edit.root.member("hooks")?.member(event)?.items[first.group].member("hooks")?.items[first.item]
        if let kept, !entry.isSaid(by: kept) { edit.replace(kept, with: entry) }
    }

    /// A file that was not there ends with a line break; one that held only spaces keeps them before the text and gets one behind it.
    private func newFile(after spaces: [UInt8]?) -> [UInt8] {
        let whole = JSONPiece.object([.init("hooks", .object(events.map { .init($0, .array([group])) }))])
        let text = whole.bytes(JSONLayout(lines: .init(end: [10], indentation: [], unit: Array("  ".utf8))))
        return spaces.map { $0 + text + [32] } ?? text + [10]
    }

    // MARK: - Taking out

    /// - Returns: nil when nothing is left of a file that was made for the hooks.
    func removed(from bytes: [UInt8]) throws(ReeveError) -> [UInt8]? {
        guard !bytes.allSatisfy(Self.isSpace) else { return bytes }
        var edit = try checked(bytes)
        var remainder = JSONEdit.Remainder.others
        for event in edit.root.member("hooks").map(names) ?? [] {
            remainder = remove(event, keeping: 0, from: &edit)
            if remainder == .empty { break }
        }
        guard remainder == .empty else { return edit.bytes }
        let before = edit.bytes[..<edit.root.range.lowerBound]
        let after = edit.bytes[edit.root.range.upperBound...]
        if before.isEmpty, after.elementsEqual([10]) { return nil }
        return after.elementsEqual([32]) ? Array(before) : edit.bytes
    }

    /// Takes our entries of one event out, and with them what was made for them.
    /// - Parameter keeping: how many stay, from the first.
    /// - Returns: what is left of the whole file.
    private func remove(_ event: String, keeping: Int, from edit: inout JSONEdit) -> JSONEdit.Remainder {
        while let hooks = edit.root.member("hooks"), let groups = hooks.member(event) {
            let found = ours(in: groups)
            guard found.count > keeping, let last = found.last else { break }
            let group = groups.items[last.group]
            guard let entries = group.member("hooks"), edit.remove(last.item, from: entries) != .others else { continue }
            // Every look is a new one: an edit moves what is behind it.
            guard let hooks = edit.root.member("hooks"), let groups = hooks.member(event) else { break }
            guard edit.remove(last.group, from: groups) == .empty else { continue }
            guard let hooks = edit.root.member("hooks"), let index = names(hooks).firstIndex(of: event) else { break }
            guard edit.remove(index, from: hooks) == .empty else { continue }
            guard let index = names(edit.root).firstIndex(of: "hooks") else { break }
            return edit.remove(index, from: edit.root)
        }
        return .others
    }

    // MARK: - Looking

    private func ours(in groups: JSONView) -> [(group: Int, item: Int)] {
        var found: [(group: Int, item: Int)] = []
        guard groups.kind == .array else { return found }
        for (group, view) in groups.items.enumerated() {
            guard let entries = view.member("hooks"), entries.kind == .array else { continue }
            for (item, entry) in entries.items.enumerated() {
                guard let text = entry.member("command")?.string, HookCommand.isOurs(text, command.kind) else { continue }
                found.append((group, item))
            }
        }
        return found
    }

    private func names(_ object: JSONView) -> [String] { object.members.map { $0.key.string ?? "" } }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 || byte == 10 || byte == 13 }

    /// The text, if it is one that can be edited without guessing.
    private func checked(_ bytes: [UInt8]) throws(ReeveError) -> JSONEdit {
        let edit: JSONEdit
        do throws(JSONDocument.Fault) { edit = try JSONEdit(bytes) } catch {
            let (reason, hint) = Self.plain(error, in: bytes)
            throw ReeveError(.parseError, "\(place(error.offset, bytes)): \(reason); nothing was changed", hint: hint)
        }
        let root = edit.root
        guard root.kind == .object else { throw refused("an object should be here, not \(root.kindName)", root, bytes) }
        try checkNames(of: root, bytes)
        guard let hooks = root.member("hooks") else { return edit }
        guard hooks.kind == .object else { throw refused("'hooks' should be an object, not \(hooks.kindName)", hooks, bytes) }
        try checkNames(of: hooks, bytes)
        for (name, groups) in hooks.members {
            let isOurs = events.contains(name.string ?? "")
            guard groups.kind == .array else {
                if !isOurs { continue }
                throw refused("'\(shown(name))' should be an array, not \(groups.kindName)", groups, bytes)
            }
            for group in groups.items where group.kind == .object {
                try checkNames(of: group, bytes)
                guard let entries = group.member("hooks"), entries.kind == .array else { continue }
                for entry in entries.items where entry.kind == .object { try checkNames(of: entry, bytes) }
            }
        }
        return edit
    }

    /// Of two members of one name, which one counts is for the agent to say.
    private func checkNames(of object: JSONView, _ bytes: [UInt8]) throws(ReeveError) {
        var seen: Set<String> = []
        for (key, _) in object.members where !seen.insert(key.string ?? "").inserted {
            throw refused("'\(shown(key))' is there twice", key, bytes, hint: "leave one of the two, then again")
        }
    }

    private func refused(_ reason: String, _ view: JSONView, _ bytes: [UInt8], hint: String? = nil) -> ReeveError {
        ReeveError.conflict(
            "\(place(view.range.lowerBound, bytes)): \(reason); nothing was changed",
            hint: hint ?? "see what \(command.kind.title) says of this file, mend it, then again")
    }

    private func shown(_ key: JSONView) -> String { String(InertText.clean(key.string ?? "").prefix(80)) }

    private func place(_ offset: Int, _ bytes: [UInt8]) -> String {
        let before = bytes[..<min(offset, bytes.count)]
        let line = before.reduce(into: 1) { count, byte in if byte == 10 { count += 1 } }
        let start = before.lastIndex(of: 10).map { $0 + 1 } ?? 0
        // Bytes that continue a character do not count.
        let column = before[start...].reduce(into: 1) { count, byte in if byte & 0xC0 != 0x80 { count += 1 } }
        return "\(InertText.clean(file)):\(line):\(column)"
    }

    /// What a reader of JSON with comments would take, in its own words.
    private static func plain(_ fault: JSONDocument.Fault, in bytes: [UInt8]) -> (reason: String, hint: String) {
        let rest = bytes[min(fault.offset, bytes.count)...]
        let hint = "mend it there, then again"
        if rest.starts(with: "//".utf8) || rest.starts(with: "/*".utf8) {
            return ("a comment, which JSON has none of", "take the comments out, then again")
        }
        if let byte = rest.first, byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]"),
            bytes[..<fault.offset].last(where: { !isSpace($0) }) == UInt8(ascii: ",")
        {
            return ("a comma with nothing behind it", "take the comma out, then again")
        }
        return ("not JSON: \(fault.reason)", hint)
    }
}
