/// Programs that run another one, which is what counts.
enum CommandWrappers {
    enum Outcome {
        /// What is left of the stage is the command.
        case command
        /// It is a command line for a shell.
        case line(String)
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

    private struct Wrapper {
        /// Options that have a value behind them: single letters, and long ones.
        var letters = ""
        var longs: Set<String> = []
        /// Words before the command, after the options.
        var operands = 0
    }

    private static let plain: [String: Wrapper] = [
        "env": Wrapper(letters: "uCS", longs: ["--unset", "--chdir", "--split-string"]),
        "nice": Wrapper(letters: "n", longs: ["--adjustment"]),
        "ionice": Wrapper(letters: "cn", longs: ["--class", "--classdata"]),
        "chrt": Wrapper(letters: "TPD", operands: 1),
        "taskset": Wrapper(operands: 1),
        "time": Wrapper(letters: "fo", longs: ["--format", "--output"]),
        "builtin": Wrapper(), "setsid": Wrapper(),
        "exec": Wrapper(letters: "a"),
        "command": Wrapper(),
        "timeout": Wrapper(letters: "sk", longs: ["--signal", "--kill-after"], operands: 1),
        "stdbuf": Wrapper(letters: "ioe", longs: ["--input", "--output", "--error"]),
        "chroot": Wrapper(longs: ["--userspec", "--groups"], operands: 1),
        "strace": Wrapper(letters: "oeEapsuPSXbI"), "ltrace": Wrapper(letters: "oeEapsunlxAFD"),
        "valgrind": Wrapper(), "busybox": Wrapper(), "npx": Wrapper(letters: "p", longs: ["--package"]),
        "bunx": Wrapper(), "uvx": Wrapper(letters: "p", longs: ["--from", "--with", "--python"]),
        "sudo": Wrapper(
            letters: "ughpCrtTDRU", longs: ["--user", "--group", "--host", "--prompt", "--chdir", "--chroot", "--other-user"]),
        "doas": Wrapper(letters: "uC"),
        "xargs": Wrapper(
            letters: "adEILnPs",
            longs: ["--arg-file", "--delimiter", "--max-args", "--max-procs", "--replace", "--max-lines", "--max-chars"]),
        "nohup": Wrapper(),
    ]

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
            let name = InteractiveCommand.programName(first)
            guard let wrapper = plain[name] else { return .command }
            let options = CommandOptions(
                stage.words.dropFirst(), valueLetters: wrapper.letters, valueLongs: wrapper.longs, stopsAtOperand: true)
            if let outcome = special(name, options, &stage) { return outcome }
            var rest = options.operands[...]
            if name == "env" {
                while let word = rest.first, isAssignment(word) {
                    stage.variables.append(word)
                    rest = rest.dropFirst()
                }
            }
            rest = rest.dropFirst(wrapper.operands)
            if rest.isEmpty { return .nothing("\(name) runs no command here") }
            stage.words = Array(rest)
        }
        return .nothing("cannot be read: more than 16 programs before the command")
    }

    /// What makes a wrapper more than one. Nil: it is only one.
    private static func special(_ name: String, _ options: CommandOptions, _ stage: inout ShellStage) -> Outcome? {
        func verdict(_ needs: Bool, _ reason: String) -> Outcome {
            .verdict(InteractiveVerdict(needsTerminal: needs, program: name, reason: reason))
        }
        if !options.longs.isDisjoint(with: ["--help", "--version"]) { return verdict(false, "\(name) only tells about itself") }
        switch name {
        case "env":
            if let text = options.value("S") ?? options.value("--split-string") {
                return .line(text + options.operands.map { " " + $0 }.joined())
            }
        case "command" where options.has("vV"): return verdict(false, "command -v only tells where a program is")
        case "sudo", "doas":
            if name == "sudo", options.has("e") || options.longs.contains("--edit") {
                stage.words = ["vi"] + options.operands
                return .command
            }
            if options.operands.isEmpty {
                guard options.has("is") || options.longs.contains("--login") || options.longs.contains("--shell") else {
                    return verdict(false, "\(name) runs no command here")
                }
                stage.words = ["sh"]
                return .command
            }
            if name == "sudo", options.has("b") || options.longs.contains("--background") { stage.isInBackground = true }
        case "nohup":
            // It takes its input from /dev/null and writes to nohup.out where those are a terminal (GNU coreutils).
            if stage.input == .terminal { stage.input = .file }
            if stage.output == .terminal { stage.output = .file }
        case "xargs":
            // The command's input is /dev/null, with -o the terminal (GNU findutils, BSD).
            stage.input = options.has("o") || options.longs.contains("--open-tty") ? .terminal : .file
        case "npx": if let text = options.value("c") { return .line(text) }
        default: break
        }
        return nil
    }
}
