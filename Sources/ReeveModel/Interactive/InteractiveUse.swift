/// What a program does with a terminal, as it is called.
struct InteractiveUse {
    enum Terminal {
        case none
        /// It asks at its input; where its output goes does not matter.
        case input
        /// It shows something where a terminal is; its keys come from the terminal itself.
        case output
        /// Without a terminal on both sides it does not ask.
        case both
        /// It opens the terminal itself (`/dev/tty`), wherever input and output are.
        case device

        var takesInput: Bool { self == .input || self == .both }
        var takesOutput: Bool { self == .output || self == .both }
    }

    var terminal: Terminal
    var reason: String

    static func quiet(_ reason: String) -> InteractiveUse { InteractiveUse(terminal: .none, reason: reason) }
    static func needs(_ terminal: Terminal, _ reason: String) -> InteractiveUse {
        InteractiveUse(terminal: terminal, reason: reason)
    }
}

/// A program whose use depends on its options and on whether it has operands, and on nothing else.
struct InteractiveProgram {
    enum Kind {
        case editor, pager, monitor, prompt, shell, chooser, screen, password, agent

        var terminal: InteractiveUse.Terminal {
            switch self {
            case .editor, .screen, .agent: .both
            case .pager, .monitor: .output
            case .prompt, .shell: .input
            case .chooser, .password: .device
            }
        }

        var sentence: String {
            switch self {
            case .editor: "is an editor that takes the whole screen"
            case .pager: "shows text page by page and waits for keys"
            case .monitor: "redraws the screen until it is told to stop"
            case .prompt: "reads commands at a prompt"
            case .shell: "is a shell that reads commands at a prompt"
            case .chooser: "asks on the terminal"
            case .screen: "takes the whole screen"
            case .password: "asks for a password"
            case .agent: "talks with a person on the whole screen"
            }
        }
    }

    enum Operands {
        case meanNothing
        /// With one it does not ask: `python file.py`.
        case makeQuiet(String)
        /// Without one, and without input, there is nothing to show: `less`.
        case areNeeded
        /// Subcommands with which it does not ask.
        case quietCommands(Set<String>)
    }

    let kind: Kind
    /// With one of these it asks nothing.
    var quietLetters = ""
    var quietLongs: Set<String> = []
    /// With one of these it asks whatever else is there.
    var askingLetters = ""
    var askingLongs: Set<String> = []
    var operands = Operands.meanNothing
    var valueLetters = ""
    var valueLongs: Set<String> = []
    var stopsAtOperand = false

    func use(_ name: String, _ stage: ShellStage) -> InteractiveUse {
        let options = CommandOptions(
            stage.words.dropFirst(), valueLetters: valueLetters, valueLongs: valueLongs, stopsAtOperand: stopsAtOperand)
        if let long = options.longs.intersection(InteractivePrograms.telling).min() {
            return .quiet("\(name) \(long) only tells about it")
        }
        let needs = InteractiveUse.needs(kind.terminal, "\(name) \(kind.sentence)")
        if options.has(askingLetters) || !options.longs.isDisjoint(with: askingLongs) { return needs }
        if let letter = quietLetters.first(where: { options.letters.contains($0) }) {
            return .quiet("\(name) -\(letter) does not ask anybody")
        }
        if let long = options.longs.intersection(quietLongs).min() { return .quiet("\(name) \(long) does not ask anybody") }
        switch operands {
        case .makeQuiet(let reason) where !options.operands.isEmpty && options.operands != ["-"]:
            return .quiet("\(name) \(reason)")
        case .areNeeded where options.operands.isEmpty && stage.input == .terminal:
            return .quiet("\(name) has nothing to show")
        case .quietCommands(let commands):
            if let command = options.operands.first, commands.contains(command) {
                return .quiet("\(name) \(command) does not ask anybody")
            }
        default: break
        }
        if kind == .editor, stage.input != .terminal, options.operands.contains("-") {
            return .needs(.output, "\(name) - edits what it is given and reads keys from the terminal")
        }
        return needs
    }
}
