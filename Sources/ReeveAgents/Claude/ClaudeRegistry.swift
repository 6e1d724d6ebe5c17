import ReeveJSON
package import ReeveModel

/// Reads `sessions/PID.json`: one file for each live process, rewritten when its state changes and at no other time.
package enum ClaudeRegistry {
    /// Larger files are none of these.
    package static let largest = 64 << 10

    /// Other names in that folder may be secrets and are never opened.
    package static func pid(fileName: String) -> Int? {
        guard fileName.hasSuffix(".json") else { return nil }
        let digits = fileName.dropLast(5)
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(digits)
    }

    /// Nil: half-written, of another process than its name says, or without a thread.
    package static func read(fileName: String, _ bytes: [UInt8]) -> RegistryEntry? {
        guard let pid = pid(fileName: fileName), bytes.count <= largest,
            let root = try? JSONDocument(bytes, allowsLoneSurrogates: true).root, root.member("pid")?.integer == Int64(pid),
            let thread = Identifier.clean(root.text("sessionId"))
        else { return nil }
        let word = root.text("status")
        let status: RegistryEntry.Status? =
            switch word {
            case "busy": .busy
            case "idle": .idle
            case "shell": .shell
            case "waiting": .waiting(root.text("waitingFor").map(ThreadText.match))
            default: nil
            }
        let start = root.text("procStart") ?? root.member("procStart")?.integer.map(String.init)
        return RegistryEntry(
            kind: "claude", pid: pid, start: start, thread: thread, directory: root.text("cwd"), status: status,
            at: root.moment("statusUpdatedAt") ?? root.moment("updatedAt"), matched: ThreadText.match(word ?? ""))
    }
}
