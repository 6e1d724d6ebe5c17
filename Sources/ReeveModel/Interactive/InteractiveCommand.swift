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

/// Judges command lines by the programs in them, their options, and where their input and output go. Nothing is run or looked up: a program
/// that is not in `InteractivePrograms` is taken for one that needs no terminal, and so is a line that cannot be read.
///
/// What a line does with variables, substitutions and aliases is not known. A substitution's own commands are not looked at.
package enum InteractiveCommand {
    /// Shells in shells that are looked into.
    static let deepest = 16

    package static func judge(_ commandLine: String) -> InteractiveVerdict { judge(commandLine, in: ShellStage(), depth: 0) }

    package static func judge(arguments: [String]) -> InteractiveVerdict {
        judge(ShellStage(words: arguments), depth: 0)
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
        for var stage in stages {
            if stage.input == .terminal { stage.input = surroundings.input }
            if stage.output == .terminal { stage.output = surroundings.output }
            stage.variables = surroundings.variables + stage.variables
            stage.isInBackground = stage.isInBackground || surroundings.isInBackground
            let verdict = judge(stage, depth: depth)
            if verdict.needsTerminal { return verdict }
            // The first that is about a known program says most; what could not be read says more.
            if verdict.program == nil && verdict.reason.hasPrefix("cannot be read") { return verdict }
            quiet = quiet ?? verdict
        }
        return quiet ?? InteractiveVerdict(needsTerminal: false, program: nil, reason: "there is no command in it")
    }

    static func judge(_ stage: ShellStage, depth: Int) -> InteractiveVerdict {
        var stage = stage
        switch CommandWrappers.unwrap(&stage) {
        case .nothing(let reason): return InteractiveVerdict(needsTerminal: false, program: nil, reason: reason)
        case .verdict(let verdict): return verdict
        case .line(let line): return judge(line, in: stage, depth: depth + 1)
        case .command: break
        }
        guard let first = stage.words.first else {
            return InteractiveVerdict(needsTerminal: false, program: nil, reason: "there is no command in it")
        }
        let name = programName(first)
        if let line = InteractivePrograms.shellLine(name, stage) { return judge(line, in: stage, depth: depth + 1) }
        guard let use = InteractivePrograms.use(name, stage) else {
            return InteractiveVerdict(
                needsTerminal: false, program: name, reason: "\(shown(name)) is not known to need a terminal")
        }
        var verdict = InteractiveVerdict(needsTerminal: use.terminal != .none, program: name, reason: use.reason)
        let lost: String? =
            if use.terminal == .none {
                nil
            } else if stage.isInBackground {
                "runs in the background, where it gets no keys"
            } else if use.terminal.takesInput && stage.input != .terminal {
                "takes its input from \(stage.input.sentence)"
            } else if use.terminal.takesOutput && stage.output != .terminal {
                "writes to \(stage.output.sentence)"
            } else {
                nil
            }
        if let lost {
            verdict.needsTerminal = false
            verdict.reason = "\(shown(name)) \(lost)"
        }
        return verdict
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
