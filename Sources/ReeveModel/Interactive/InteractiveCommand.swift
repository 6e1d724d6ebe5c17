/// Whether a command line needs a terminal with a person at it.
package struct InteractiveVerdict: Sendable, Hashable {
    package var needsTerminal: Bool
    /// The program that the verdict is about, without its directory; nil if there is none.
    package var program: String?
    /// A sentence without its full stop, for people.
    package var reason: String

    package init(needsTerminal: Bool, program: String?, reason: String) {
        self.needsTerminal = needsTerminal
        self.program = program
        self.reason = reason
    }
}

/// Judges command lines by the programs in them, their options, and where their input and output go. Nothing is run or looked up:
/// a program that is not in `InteractivePrograms` is taken for one that needs no terminal, and so is a line that cannot be read.
///
/// What a line does with variables, substitutions and aliases is not known, but for variables that it sets before a command or
/// exports. A substitution's own commands are not looked at.
package enum InteractiveCommand {
    /// Shells in shells that are looked into.
    static let deepest = 12

    package static func judge(_ commandLine: String) -> InteractiveVerdict { judge(commandLine, in: ShellStage(), depth: 0) }

    package static func judge(arguments: [String]) -> InteractiveVerdict {
        judge(ShellStage(words: arguments), depth: 0).verdict
    }

    static func judge(_ line: String, in surroundings: ShellStage, depth: Int) -> InteractiveVerdict {
        func unread(_ why: String) -> InteractiveVerdict {
            InteractiveVerdict(needsTerminal: false, program: nil, reason: "cannot be read: \(why)")
        }
        guard depth < deepest else { return unread("shells in shells, more than \(deepest) deep") }
        let stages: [ShellStage]
        do {
            stages = try ShellWords.stages(line)
        } catch {
            return unread(error.rawValue)
        }
        var quiet: InteractiveVerdict?
        var known: InteractiveVerdict?
        var exported: [String] = []
        for var stage in stages {
            if stage.input == .terminal { stage.input = surroundings.input }
            if stage.output == .terminal { stage.output = surroundings.output }
            stage.variables = surroundings.variables + exported + stage.variables
            if stage.words.first == "export" { exported += stage.words.dropFirst().filter(CommandWrappers.isAssignment) }
            stage.isInBackground = stage.isInBackground || surroundings.isInBackground
            let (verdict, isKnown) = judge(stage, depth: depth)
            if verdict.needsTerminal { return verdict }
            // The first that is about a program of the table says most.
            if isKnown { known = known ?? verdict }
            quiet = quiet ?? verdict
        }
        return known ?? quiet ?? InteractiveVerdict(needsTerminal: false, program: nil, reason: "there is no command in it")
    }

    /// `isKnown`: it is about something that the table or the wrappers know.
    private static func judge(_ stage: ShellStage, depth: Int) -> (verdict: InteractiveVerdict, isKnown: Bool) {
        func quiet(_ program: String?, _ reason: String) -> InteractiveVerdict {
            InteractiveVerdict(needsTerminal: false, program: program, reason: reason)
        }
        var stage = stage
        switch CommandWrappers.unwrap(&stage) {
        case .nothing(let reason): return (quiet(nil, reason), false)
        case .verdict(let verdict): return (verdict, true)
        case .line(let line): return (judge(line, in: stage, depth: depth + 1), true)
        case .commands(let commands):
            for words in commands where depth < deepest {
                var inner = stage
                inner.words = words
                let verdict = judge(inner, depth: depth + 1).verdict
                if verdict.needsTerminal { return (verdict, true) }
            }
            return (
                quiet(stage.words.first.map(programName), "nothing that it runs is known to need a terminal"), !commands.isEmpty
            )
        case .command: break
        }
        guard let first = stage.words.first else { return (quiet(nil, "there is no command in it"), false) }
        let name = programName(first)
        if let line = InteractivePrograms.shellLine(name, stage) { return (judge(line, in: stage, depth: depth + 1), true) }
        guard let use = InteractivePrograms.use(name, stage, depth: depth) else {
            return (quiet(name, "\(shown(name)) is not known to need a terminal"), false)
        }
        if use.terminal == .none { return (quiet(name, use.reason), true) }
        if stage.isInBackground { return (quiet(name, "\(shown(name)) runs in the background, where it gets no keys"), true) }
        if use.terminal.takesInput, stage.input != .terminal {
            return (quiet(name, "\(shown(name)) takes its input from \(stage.input.sentence)"), true)
        }
        if use.terminal.takesOutput, stage.output != .terminal {
            return (quiet(name, "\(shown(name)) writes to \(stage.output.sentence)"), true)
        }
        return (InteractiveVerdict(needsTerminal: true, program: name, reason: use.reason), true)
    }

    /// Without its directory and without a version: `/usr/bin/python3.12` is `python3`, `vim.basic` is `vim`.
    static func programName(_ word: String) -> String {
        let last = word.utf8.split(separator: UInt8(ascii: "/")).last.map { String($0) ?? "" } ?? word
        guard let dot = last.firstIndex(of: "."), dot != last.startIndex else { return last }
        let rest = last[last.index(after: dot)...]
        let variants: Set<Substring> = ["basic", "tiny", "gtk3", "nox", "gtk", "exe"]
        return variants.contains(rest) || (!rest.isEmpty && rest.allSatisfy { $0.isNumber || $0 == "." })
            ? String(last[..<dot]) : last
    }

    /// Words of a command line come from agents.
    static func shown(_ word: String) -> String { String(InertText.clean(String(word.prefix(200))).prefix(60)) }
}
