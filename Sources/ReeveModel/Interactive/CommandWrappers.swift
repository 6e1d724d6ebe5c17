/// Programs that run another one, which is what counts.
enum CommandWrappers {
    enum Outcome {
        /// What is left of the stage is the command.
        case command
        /// It is a command line for a shell.
        case line(String)
        /// It runs all of these.
        case commands([[String]])
        case verdict(InteractiveVerdict)
        case nothing(String)
    }

    /// `NAME=value`.
    static func isAssignment(_ word: String) -> Bool {
        guard let equals = word.utf8.firstIndex(of: UInt8(ascii: "=")), equals != word.utf8.startIndex else { return false }
        let name = word.utf8[..<equals]
        func isLetter(_ byte: UInt8) -> Bool { (65...90).contains(byte) || (97...122).contains(byte) || byte == 95 }
        return isLetter(name.first ?? 0) && name.allSatisfy { isLetter($0) || (48...57).contains($0) }
    }

    /// Takes off whatever stands before the command.
    static func unwrap(_ stage: inout ShellStage) -> Outcome {
        // Each takes the words behind it once more; no line that means anything has so many.
        for _ in 0..<16 {
            let assignments = stage.words.prefix(while: isAssignment)
            stage.variables += assignments
            stage.words.removeFirst(assignments.count)
            guard let first = stage.words.first else {
                return .nothing(stage.variables.isEmpty ? "there is no command in it" : "it only sets variables")
            }
            var name = InteractiveCommand.programName(first)
            guard var wrapper = CommandWrapper.table[name] else { return .command }
            var options = CommandOptions(stage.words.dropFirst(), wrapper.syntax)
            if !wrapper.commands.isEmpty {
                // Its other subcommands run nothing that is given.
                guard let command = options.operands.first, let inner = wrapper.commands[command] else { return .command }
                wrapper = inner
                name += " " + command
                options = CommandOptions(options.operands.dropFirst(), wrapper.syntax)
            }
            if !options.present.isDisjoint(with: InteractivePrograms.telling) {
                return verdict(false, name, "only tells about itself")
            }
            if let outcome = special(name, options, &stage) { return outcome }
            if let line = wrapper.lines.options.lazy.compactMap({ options.value($0) }).first {
                return .line(name == "env" ? ([line] + options.operands).joined(separator: " ") : line)
            }
            if wrapper.isShellOtherwise { return shell(&stage) }
            var rest = options.operands.dropFirst(wrapper.operands)
            if name == "env" {
                while let word = rest.first, isAssignment(word) {
                    stage.variables.append(word)
                    rest = rest.dropFirst()
                }
            }
            if rest.isEmpty {
                return wrapper.isShellAlone ? shell(&stage) : .nothing("\(name) runs no command here")
            }
            stage.words = Array(rest)
            if wrapper.takesPackages { stage.words[0] = InteractivePrograms.program(ofPackage: stage.words[0]) }
        }
        return .nothing("cannot be read: more than 16 programs before the command")
    }

    private static func verdict(_ needs: Bool, _ name: String, _ reason: String) -> Outcome {
        .verdict(InteractiveVerdict(needsTerminal: needs, program: name, reason: "\(name) \(reason)"))
    }

    /// What makes a wrapper more than one. Nil: it is only one.
    private static func special(_ name: String, _ options: CommandOptions, _ stage: inout ShellStage) -> Outcome? {
        switch name {
        case "eval": return .line(options.operands.joined(separator: " "))
        case "command" where options.has("-v") || options.has("-V"):
            return verdict(false, name, "-v only tells where a program is")
        case "sudo", "doas":
            if name == "sudo", options.has("-e") || options.has("--edit") {
                stage.words = ["sudoedit"] + options.operands
                return .command
            }
            if options.operands.isEmpty {
                let isShell = ["-i", "-s", "--login", "--shell"].contains { options.has($0) }
                if isShell { return shell(&stage) }
                let asks = name == "sudo" && (options.has("-v") || options.has("--validate"))
                let isSilent = ["-n", "-S", "-A", "--non-interactive", "--stdin", "--askpass"].contains { options.has($0) }
                return asks && !isSilent
                    ? verdict(true, name, "-v asks for a password") : verdict(false, name, "runs no command here")
            }
            if name == "sudo", options.has("-b") || options.has("--background") { stage.isInBackground = true }
        case "nohup":
            // It takes its input from /dev/null and writes to nohup.out where those are a terminal (GNU coreutils).
            if stage.input == .terminal { stage.input = .file }
            if stage.output == .terminal { stage.output = .file }
        case "xargs":
            if options.has("-p") || options.has("--interactive") { return verdict(true, name, "-p asks before each command") }
            // The command's input is /dev/null, with -o the terminal (GNU findutils, BSD).
            stage.input = options.has("-o") || options.has("--open-tty") ? .terminal : .file
        case "uv run" where options.has("-m") || options.has("--module"):
            stage.words = ["python", "-m"] + options.operands
            return .command
        case "systemd-run":
            if options.has("-S") || options.has("--shell") { return shell(&stage) }
            guard ["-t", "--pty", "--scope"].contains(where: options.has) else {
                return verdict(false, name, "gives what it runs no terminal without --pty")
            }
        case "find":
            if stage.words.contains(where: { $0 == "-ok" || $0 == "-okdir" }) {
                return verdict(true, name, "-ok asks before each command")
            }
            return .commands(executed(stage.words, by: ["-exec", "-execdir"]))
        case "fd", "fdfind": return .commands(executed(stage.words, by: ["-x", "-X", "--exec", "--exec-batch"]))
        default: break
        }
        return nil
    }

    private static func shell(_ stage: inout ShellStage) -> Outcome {
        stage.words = ["sh"]
        return .command
    }

    /// What `find` runs: from such an option to a `;` or a `+`.
    private static func executed(_ words: [String], by options: Set<String>) -> [[String]] {
        var commands: [[String]] = []
        var command: [String]?
        for word in words.dropFirst() {
            if let begun = command {
                if word == ";" || word == "+" && begun.last == "{}" {
                    commands.append(begun)
                    command = nil
                } else {
                    command?.append(word)
                }
            } else if options.contains(word) {
                command = []
            }
        }
        return (commands + [command ?? []]).filter { !$0.isEmpty }
    }
}
