package import ReeveModel

/// Looks at a person's files and says what is to be done so that an agent tells Reeve of itself, or no longer does.
package struct HookPlanner: Sendable {
    /// What counts of the environment.
    package static let variables = [
        "HOME", "CLAUDE_CONFIG_DIR", "CODEX_HOME", "OPENCODE_CONFIG_DIR", "XDG_CONFIG_HOME", "PI_CODING_AGENT_DIR",
    ]

    private let home: String
    private let environment: [String: String]
    private let program: String

    /// - Parameters:
    ///   - environment: that of whoever installs: `HOME` and the variables that move the agents' directories.
    ///   - program: the absolute path of `reeve`, the one that stays when Reeve is updated.
    package init(environment: [String: String], program: String) throws(ReeveError) {
        guard let home = environment["HOME"], home.hasPrefix("/") else {
            throw ReeveError(.invalidParams, "HOME is not set to an absolute path", hint: "set HOME")
        }
        guard program.hasPrefix("/"), program.split(separator: "/").last == "reeve", InertText.clean(program) == program else {
            throw ReeveError(
                .invalidParams, "'\(InertText.clean(program))' is no path that hooks could call",
                hint: "install Reeve (make install) and call the installed 'reeve' by its plain, absolute path")
        }
        self.home = home
        self.environment = environment
        self.program = program
    }

    /// Whether this person has the agent's directory, thus uses it.
    package func isUsed(_ kind: HookKind) -> Bool { PersonsFile.real(directory(of: kind)) != nil }

    /// What makes the agent tell Reeve of itself; nothing when it does already.
    /// - Parameter version: of the agent that is installed. Without it Claude Code gets only the events that all versions know.
    package func install(_ kind: HookKind, version: ProgramVersion? = nil) throws(ReeveError) -> HookPlan {
        var plan = HookPlan(kind: kind, changes: [], notes: notes(kind, version), home: allowed)
        switch kind {
        case .codex where version.map({ $0 < HookEvents.codexFirst }) == true: break
        case .claude, .codex:
            let file = try look(at: settings(kind), kind)
            let after = try hooks(kind, version).installed(in: file.bytes)
            if after != file.bytes {
                plan.changes = [FileChange(file: file, after: after, backup: file.bytes.map { _ in backup(of: file) })]
            }
        case .opencode, .amp, .pi:
            let wanted = PluginFile(kind: kind, program: program, agent: version).bytes
            var places = plugins(kind)
            let place = try choose(&places, kind)
            for path in places {
                let other = try look(at: path, kind)
                if try isOurs(other) { plan.changes.append(FileChange(file: other, after: nil)) }
            }
            if place.bytes != wanted {
                if place.bytes != nil, try !isOurs(place) { throw foreign(place) }
                plan.changes.append(FileChange(file: place, after: wanted))
            }
        }
        return plan
    }

    /// What takes away exactly what `install` has put there.
    package func uninstall(_ kind: HookKind) throws(ReeveError) -> HookPlan {
        var plan = HookPlan(kind: kind, changes: [], notes: [], home: allowed)
        switch kind {
        case .claude, .codex:
            let file = try look(at: settings(kind), kind)
            guard let bytes = file.bytes else { return plan }
            var after = try hooks(kind, nil).removed(from: bytes)
            // Who manages files by links has made this one: it stays, empty.
            if after == nil, file.isLink { after = Array("{}\n".utf8) }
            guard after != bytes else { return plan }
            var change = FileChange(file: file, after: after)
            let kept = try? look(at: backup(of: file), kind)
            if let kept, kept.bytes != nil {
                if kept.bytes == after {
                    change.spentBackup = kept.path
                } else {
                    plan.notes.append(
                        "\(kept.path) stays: it is what the file was before Reeve first changed it, and not what it is now.")
                }
            }
            plan.changes = [change]
        case .opencode, .amp, .pi:
            for path in plugins(kind) {
                let file = try look(at: path, kind)
                if try isOurs(file) { plan.changes.append(FileChange(file: file, after: nil)) }
            }
        }
        return plan
    }

    // MARK: - Settings

    private func hooks(_ kind: HookKind, _ version: ProgramVersion?) -> SettingsHooks {
        SettingsHooks(
            file: settings(kind), command: HookCommand(kind: kind, program: program),
            timeout: kind == .codex ? HookEvents.codexTimeout : HookEvents.claudeTimeout, events: HookEvents.names(kind, version))
    }

    private func settings(_ kind: HookKind) -> String {
        "\(directory(of: kind))/\(kind == .codex ? "hooks.json" : "settings.json")"
    }

    /// Beside the file itself and not beside a link to it: the copy must be on the same file system.
    private func backup(of file: PersonsFile) -> String { "\(file.target).reeve-backup" }

    // MARK: - Plugins

    /// Where our file may be, the preferred place first.
    private func plugins(_ kind: HookKind) -> [String] {
        let directory = directory(of: kind)
        return switch kind {
        // Both are read; older versions know only the second.
        case .opencode: ["\(directory)/plugins/reeve.js", "\(directory)/plugin/reeve.js"]
        case .amp: ["\(directory)/plugins/reeve.ts"]
        case .pi: ["\(directory)/extensions/reeve.ts"]
        case .claude, .codex: []
        }
    }

    /// The file that is there, or the place whose folder is there, or the first; it is taken out of `paths`.
    private func choose(_ paths: inout [String], _ kind: HookKind) throws(ReeveError) -> PersonsFile {
        var chosen = 0
        for (index, path) in paths.enumerated().reversed() where PersonsFile.real(PersonsFile.directory(of: path)) != nil {
            chosen = index
        }
        for (index, path) in paths.enumerated().reversed() where try look(at: path, kind).bytes != nil { chosen = index }
        return try look(at: paths.remove(at: chosen), kind)
    }

    private func isOurs(_ file: PersonsFile) throws(ReeveError) -> Bool {
        switch PluginFile.origin(of: file.bytes) {
        case .ours: return true
        case .foreign: return false
        case .edited:
            throw ReeveError.conflict(
                "\(InertText.clean(file.path)) was changed after Reeve had made it; it was not touched",
                hint: "keep your changes elsewhere and remove the file, then again")
        }
    }

    private func foreign(_ file: PersonsFile) -> ReeveError {
        .conflict("\(InertText.clean(file.path)) is not Reeve's; it was not touched", hint: "move it away, then again")
    }

    // MARK: - Places

    private func directory(of kind: HookKind) -> String {
        let configuration = given("XDG_CONFIG_HOME") ?? "\(home)/.config"
        return switch kind {
        case .claude: given("CLAUDE_CONFIG_DIR") ?? "\(home)/.claude"
        case .codex: given("CODEX_HOME") ?? "\(home)/.codex"
        case .opencode: given("OPENCODE_CONFIG_DIR") ?? "\(configuration)/opencode"
        case .amp: "\(configuration)/amp"
        case .pi: given("PI_CODING_AGENT_DIR") ?? "\(home)/.pi/agent"
        }
    }

    /// A directory that the environment names; nil when it names none, or none that is absolute.
    private func given(_ name: String) -> String? { environment[name].flatMap { $0.hasPrefix("/") ? $0 : nil } }

    /// Where links may lead: below home, and below what the person has named. A link to elsewhere in `~/.claude` is no such name.
    private var allowed: [String] {
        let names = ["XDG_CONFIG_HOME", "CLAUDE_CONFIG_DIR", "CODEX_HOME", "OPENCODE_CONFIG_DIR", "PI_CODING_AGENT_DIR"]
        return [home] + names.compactMap(given)
    }

    private func look(at path: String, _ kind: HookKind) throws(ReeveError) -> PersonsFile {
        try PersonsFile.look(at: path, within: allowed)
    }

    // MARK: - Notes

    private func notes(_ kind: HookKind, _ version: ProgramVersion?) -> [String] {
        switch kind {
        case .claude:
            if version == nil {
                return [
                    "The version of Claude Code is not known: it gets only the events that every version takes. "
                        + "With 'claude' in the PATH, run this again for the others."
                ]
            }
        case .codex: return codexNotes(version)
        case .amp: return ["Amp loads plugins of older versions only with PLUGINS=all in its environment."]
        case .opencode:
            if version == nil {
                return [
                    "The version of OpenCode is not known: it gets the plugin for version 1. "
                        + "For version 2, run this again with 'opencode' in the PATH."
                ]
            }
        case .pi: break
        }
        return []
    }

    private func codexNotes(_ version: ProgramVersion?) -> [String] {
        let configuration = "\(directory(of: .codex))/config.toml"
        if let version, version < HookEvents.codexFirst {
            let word = JSONPiece.quoted(program)
            return [
                "Codex \(version) has no hooks. It can tell when a turn is complete: put this into \(configuration), at the top: "
                    + "notify = [\(String(decoding: word, as: UTF8.self)), \"hook\", \"codex\"]"
            ]
        }
        var notes = [
            "Codex runs a hook once you have trusted it: open /hooks in Codex and trust Reeve's. It asks again when they change."
        ]
        if version.map({ $0 < HookEvents.codexByDefault }) ?? true {
            notes.append(
                "Before Codex \(HookEvents.codexByDefault), put this into \(configuration): [features], and below it codex_hooks = true"
            )
        }
        return notes
    }
}
