/// Where each agent keeps what is read here, and what is never opened.
package enum TranscriptPaths {
    package enum Form: Sendable, Hashable {
        /// Appended to, a JSON object a line.
        case lines
        /// One JSON document, rewritten whole.
        case document
        case database
        /// The list of live processes.
        case registry
        /// Names of threads.
        case index
    }

    package struct Place: Sendable, Hashable {
        package var kind: String
        package var form: Form
        /// A folder; for `database` and `index` the file itself.
        package var path: String
        /// Folders between `path` and the files, at most.
        package var depth: Int

        init(_ kind: String, _ form: Form, _ path: String, depth: Int = 0) {
            self.kind = kind
            self.form = form
            self.path = path
            self.depth = depth
        }
    }

    /// - Parameter environment: the daemon's; what an agent was started with may differ.
    package static func places(home: String, environment: [String: String]) -> [Place] {
        func set(_ name: String) -> String? { environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil } }
        let data = set("XDG_DATA_HOME") ?? "\(home)/.local/share"
        let claude = set("CLAUDE_CONFIG_DIR") ?? "\(home)/.claude"
        let codex = set("CODEX_HOME") ?? "\(home)/.codex"
        let pi = set("PI_CODING_AGENT_SESSION_DIR") ?? (set("PI_CODING_AGENT_DIR") ?? "\(home)/.pi/agent") + "/sessions"
        return [
            Place("claude", .lines, "\(claude)/projects", depth: 1),
            Place("claude", .registry, "\(claude)/sessions"),
            Place("codex", .lines, "\(codex)/sessions", depth: 3),
            Place("codex", .index, "\(codex)/session_index.jsonl"),
            Place("opencode", .database, set("OPENCODE_DB") ?? "\(data)/opencode/opencode.db"),
            Place("kilo", .database, "\(data)/kilo/kilo.db"),
            Place("amp", .document, set("AMP_THREADS_DIR") ?? "\(data)/amp/threads"),
            Place("pi", .lines, pi, depth: 1),
            Place("droid", .lines, "\(home)/.factory/sessions", depth: 1),
            Place("droid", .lines, "\(home)/.factory/projects", depth: 1),
        ]
    }

    /// Whether a file is a transcript of its own. What lies deeper, such as Claude's `subagents` and `tool-results`, is not.
    ///
    /// - Parameter path: below the place's folder.
    package static func isTranscript(_ path: String, in place: Place) -> Bool {
        let parts = path.split(separator: "/")
        guard let name = parts.last, parts.count - 1 <= place.depth, mayBeOpened(path) else { return false }
        return switch (place.kind, place.form) {
        case ("codex", .lines): name.hasPrefix("rollout-") && name.hasSuffix(".jsonl")
        case (_, .lines): name.hasSuffix(".jsonl") && parts.count - 1 == place.depth
        case (_, .document): name.hasPrefix("T-") && name.hasSuffix(".json")
        case (_, .registry): ClaudeRegistry.pid(fileName: String(name)) != nil
        case (_, .database), (_, .index): false
        }
    }

    /// Names beside the transcripts that hold secrets.
    package static func mayBeOpened(_ path: String) -> Bool {
        guard let name = path.split(separator: "/").last?.lowercased() else { return false }
        let secret = [
            "auth.json", "secrets.json", ".credentials.json", "credentials.json", "oauth_creds.json", "mcp-auth.json", ".env",
        ]
        return !secret.contains(name) && ![".key", ".pem", ".p12", ".token"].contains { name.hasSuffix($0) }
    }
}
