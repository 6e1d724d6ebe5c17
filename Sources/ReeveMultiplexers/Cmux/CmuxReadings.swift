import ReeveJSON

/// One window, of `window.list`.
package struct CmuxWindow: Sendable, Hashable {
    package var id: String
    /// It has the keyboard: what is in it is in front of somebody.
    var isKey = false
    var isVisible = false
    var selected: String?
}

/// One workspace, of `workspace.list`.
package struct CmuxWorkspace: Sendable, Hashable {
    package var id: String
    var window: String
    var title: String
    var isSelected = false
    var tag: CmuxTag?
}

/// One surface, of `surface.health`. What a build does not tell is nil.
package struct CmuxSurface: Sendable, Hashable {
    var id: String
    var hasExited: Bool?
    var foregroundPid: Int?
    var isReady: Bool?

    /// A build that does not tell has at least listed it.
    var isAlive: Bool { hasExited != true }
}

/// Answers as values. Whatever is missing or of another kind is left out: an answer of somebody else's program never stops us.
package enum CmuxReadings {
    package static func methods(_ result: CmuxResult) -> Set<String> {
        guard let list = result.member("methods"), list.kind == .array else { return [] }
        return Set(list.items.compactMap(\.string))
    }

    package static func windows(_ result: CmuxResult) -> [CmuxWindow] {
        result.rows("windows").compactMap { row in
            guard let id = identity(row, "id", "window_id") else { return nil }
            return CmuxWindow(
                id: id, isKey: row.member("key")?.boolean ?? false, isVisible: row.member("visible")?.boolean ?? false,
                selected: row.member("selected_workspace_id")?.string)
        }
    }

    package static func workspaces(_ result: CmuxResult, window: String) -> [CmuxWorkspace] {
        result.rows("workspaces").compactMap { row in
            guard let id = identity(row, "id", "workspace_id") else { return nil }
            return CmuxWorkspace(
                id: id, window: window, title: row.member("title")?.string ?? "",
                isSelected: row.member("selected")?.boolean ?? false, tag: CmuxTag(row.member("description")?.string))
        }
    }

    package static func surfaces(_ result: CmuxResult) -> [CmuxSurface] {
        result.rows("surfaces").compactMap { row in
            guard let id = identity(row, "id", "surface_id") else { return nil }
            // A browser beside our terminal is no terminal that could have ended.
            if let type = row.member("type")?.string, type != "terminal" { return nil }
            return CmuxSurface(
                id: id, hasExited: row.member("process_exited")?.boolean,
                foregroundPid: row.member("foreground_pid")?.integer.flatMap { Int(exactly: $0) },
                isReady: row.member("terminal_ready")?.boolean)
        }
    }

    /// The text of a screen: as text, or as base64 where it is not. Nil where there is neither.
    package static func screen(_ result: CmuxResult) -> String? {
        if let text = result.member("text")?.string { return text }
        guard let encoded = result.member("base64")?.string else { return nil }
        return CmuxBase64.bytes(encoded).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The last `lines` lines, blank tail dropped.
    package static func tail(_ screen: String, lines: Int) -> String {
        // By its bytes: to a `Character` a carriage return and a line feed are one thing.
        let all = screen.utf8.split(separator: 10, omittingEmptySubsequences: false).map { $0.last == 13 ? $0.dropLast() : $0 }
        let text = all.dropLast(all.reversed().prefix { $0.allSatisfy { $0 == 0x20 } }.count)
        return text.suffix(max(0, lines)).map { String(decoding: $0, as: UTF8.self) }.joined(separator: "\n")
    }

    /// A UUID and nothing else: short references (`workspace:3`) are numbered anew whenever something closes.
    static func isUUID(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.map(\.utf8.count) == [8, 4, 4, 4, 12] && parts.allSatisfy { $0.allSatisfy(\.isHexDigit) }
    }

    /// - Throws: when an answer that has to name what was made does not.
    static func made(_ name: String, in result: CmuxResult) throws(CmuxFailure) -> String {
        guard let id = result.text(name), isUUID(id) else {
            throw CmuxFailure(code: "malformed", message: "no \(name) in the answer")
        }
        return id
    }

    private static func identity(_ row: JSONView, _ names: String...) -> String? {
        names.lazy.compactMap { row.member($0)?.string }.first { isUUID($0) }
    }
}
