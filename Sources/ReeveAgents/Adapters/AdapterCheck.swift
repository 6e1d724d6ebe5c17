package import ReeveModel

/// Whether an installed program is the one that our data speaks of. Pure: its `--version` and `--help` are run by others.
package struct AdapterCheck: Sendable {
    package enum Finding: Sendable, Hashable {
        /// `--version` does not print what this program prints: another program of that name, or a new shape.
        case unreadableVersion(String)
        /// Older than everything that is known.
        case tooOld(ToolVersion, oldest: ToolVersion)
        /// It is known how to start it, but Reeve does not promise to.
        case unsupported(ToolVersion, supported: ToolVersion)
        /// Newer than what the data was made from.
        case newer(ToolVersion, newest: ToolVersion)
        /// A flag that Reeve sends is not in the help; the help has `others`, which may be it.
        case renamed(String, command: [String], others: [String])
        case missing(String, command: [String])
        /// Nothing in the help looks like a flag, so nothing is concluded from it.
        case unreadableHelp(command: [String])
    }

    package var adapter: LaunchAdapter
    package var version: ToolVersion?
    package var findings: [Finding]

    /// The argument vectors whose output is wanted: the version, and a help for each subcommand that is used.
    package static func probes(_ adapter: LaunchAdapter) -> [[String]] {
        [[adapter.program, "--version"]] + commands(adapter).map { [adapter.program] + $0 + ["--help"] }
    }

    private static func commands(_ adapter: LaunchAdapter) -> [[String]] {
        var commands: [[String]] = []
        for range in adapter.ranges {
            for form in [range.start, range.resume, range.headless].compactMap(\.self) where !commands.contains(form.command) {
                commands.append(form.command)
            }
        }
        return commands
    }

    /// - Parameters:
    ///   - version: what `--version` printed.
    ///   - helps: what `--help` printed, by the words of the subcommand; one that could not be asked is left out.
    package init(_ adapter: LaunchAdapter, version text: String, helps: [[String]: String]) {
        self.adapter = adapter
        version = adapter.version.read(text)
        findings = []
        if let version {
            if let oldest = adapter.ranges.first?.from, version < oldest {
                findings.append(.tooOld(version, oldest: oldest))
                return
            }
            if version < adapter.supported { findings.append(.unsupported(version, supported: adapter.supported)) }
            if version > adapter.newest { findings.append(.newer(version, newest: adapter.newest)) }
        } else {
            let line = text.split(whereSeparator: \.isNewline).first ?? ""
            findings.append(.unreadableVersion(String(InertText.clean(String(line.prefix(200))).prefix(80))))
        }
        guard let range = adapter.range(of: version) else { return }
        for command in Self.commands(adapter) {
            guard let help = helps[command] else { continue }
            let known = HelpFlags.names(in: help)
            guard !known.isEmpty else {
                findings.append(.unreadableHelp(command: command))
                continue
            }
            findings += Self.sent(range, to: command).sorted().compactMap { flag in
                known.contains(flag) ? nil : Self.absence(of: flag, command, range, known)
            }
        }
    }

    /// The flags that Reeve may send to this subcommand.
    static func sent(_ range: AdapterRange, to command: [String]) -> Set<String> {
        var words: [String] = []
        for form in LaunchPlan.Form.allCases {
            guard let shape = range.form(form), shape.command == command else { continue }
            words += shape.words + range.model + range.permissions(form).values.flatMap(\.self)
            switch range.tools {
            case .each(let flag), .joined(let flag): words.append(flag)
            case nil: break
            }
        }
        return Set(words.filter { $0.hasPrefix("-") && $0 != "--" && $0 != "-" }.map { String($0.prefix { $0 != "=" }) })
    }

    private static func absence(of flag: String, _ command: [String], _ range: AdapterRange, _ known: Set<String>) -> Finding {
        let aliases = (range.flags.first { $0.names.contains(flag) }?.names ?? []).filter { $0 != flag && known.contains($0) }
        let near = aliases.isEmpty ? NearestName.of(flag, in: known.filter { $0.hasPrefix("--") }) : aliases
        return near.isEmpty ? .missing(flag, command: command) : .renamed(flag, command: command, others: near)
    }

    /// Nothing is wrong that would keep the program from being started as asked.
    package var isFine: Bool {
        findings.allSatisfy { finding in
            switch finding {
            case .newer, .unsupported, .unreadableHelp: true
            case .unreadableVersion, .tooOld, .renamed, .missing: false
            }
        }
    }
}

extension AdapterCheck.Finding {
    /// One sentence for `doctor`.
    package func sentence(_ program: String) -> String {
        switch self {
        case .unreadableVersion(let line):
            "'\(line)' is no version that \(program) is known to print; another program of that name?"
        case .tooOld(let version, let oldest): "\(program) \(version) is too old: how to start it is known from \(oldest) on"
        case .unsupported(let version, let supported):
            "\(program) \(version) is older than \(supported), the oldest that Reeve promises to start"
        case .newer(let version, let newest): "\(program) \(version) is newer than \(newest), the newest that Reeve knows"
        case .renamed(let flag, let command, let others):
            "'\(Self.words(program, command))' has no \(flag); is it \(others.joined(separator: " or ")) now?"
        case .missing(let flag, let command): "'\(Self.words(program, command))' has no \(flag)"
        case .unreadableHelp(let command): "the help of '\(Self.words(program, command))' names no flag"
        }
    }

    private static func words(_ program: String, _ command: [String]) -> String { ([program] + command).joined(separator: " ") }
}

/// The flags that a help text lists. Any program's, so it is read as foreign text: bounded, and only the names are taken out.
enum HelpFlags {
    static let longest = 512 * 1024

    static func names(in text: String) -> Set<String> {
        var names: Set<String> = []
        for line in text.prefix(longest).split(whereSeparator: \.isNewline) {
            let line = line.drop { $0 == " " || $0 == "\t" }
            if line.hasPrefix("-") {
                // The column of the flags ends where two spaces stand: behind them other flags are only spoken of.
                take(column(line), into: &names)
            } else if line.hasPrefix("[-") || line.lowercased().hasPrefix("usage:") {
                take(line, into: &names)
            }
        }
        return names
    }

    private static func column(_ line: Substring) -> Substring {
        var last: Character = "-"
        for index in line.indices {
            if (line[index] == " " && last == " ") || line[index] == "\t" { return line[..<index] }
            last = line[index]
        }
        return line
    }

    private static func take(_ text: Substring, into names: inout Set<String>) {
        // `--[no-]check` stands for two flags.
        for word in text.split(whereSeparator: { " ,|=()<>".contains($0) }) {
            let word = word.hasPrefix("[-") ? word.dropFirst() : word
            if word.hasPrefix("--[no-]") {
                let stem = word.dropFirst("--[no-]".count).prefix { $0 != "]" }
                add("--" + stem, &names)
                add("--no-" + stem, &names)
            } else {
                add(word.prefix { $0 != "[" && $0 != "]" }, &names)
            }
        }
    }

    private static func add(_ word: some StringProtocol, _ names: inout Set<String>) {
        let dashes = word.prefix { $0 == "-" }.count
        let name = word.dropFirst(dashes)
        guard (1...2).contains(dashes), (1...64).contains(name.utf8.count), name.first?.isLetter == true,
            name.utf8.allSatisfy({ byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
                default: false
                }
            })
        else { return }
        names.insert(String(word))
    }
}
