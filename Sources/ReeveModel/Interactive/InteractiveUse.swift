/// What a program does with a terminal, as it is called.
struct InteractiveUse {
    enum Terminal: Sendable {
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

/// What kind of thing a program is, or does when it is called so.
struct InteractiveKind: Sendable, Hashable {
    /// Another program that it starts, and that a variable or a setting chooses.
    enum Opened: Sendable {
        case editor
        /// The list of commits of a rebase, which has a variable of its own before the editor's.
        case list
        case pager
    }

    let terminal: InteractiveUse.Terminal
    /// Comes behind the program's name.
    let sentence: String
    var opens: Opened?

    private init(_ terminal: InteractiveUse.Terminal, _ sentence: String, opens: Opened? = nil) {
        self.terminal = terminal
        self.sentence = sentence
        self.opens = opens
    }

    /// It asks nobody unless an option or a subcommand says otherwise.
    static let quiet = InteractiveKind(.none, "asks nobody here")

    static let editor = InteractiveKind(.both, "is an editor that takes the whole screen")
    static let pager = InteractiveKind(.output, "shows text page by page and waits for keys")
    static let monitor = InteractiveKind(.output, "redraws the screen until it is told to stop")
    static let prompt = InteractiveKind(.input, "reads commands at a prompt")
    static let shell = InteractiveKind(.input, "is a shell that reads commands at a prompt")
    static let chooser = InteractiveKind(.device, "asks on the terminal")
    static let screen = InteractiveKind(.both, "takes the whole screen")
    static let password = InteractiveKind(.device, "asks for a password")
    static let agent = InteractiveKind(.both, "talks with a person on the whole screen")
    static let windows = InteractiveKind(.both, "shows its windows on the terminal")

    static let questions = InteractiveKind(.input, "asks questions")
    static let confirmation = InteractiveKind(.input, "asks before it does it")
    static let choices = InteractiveKind(.both, "asks for what is not given")
    static let changes = InteractiveKind(.input, "asks about each change")
    static let terminal = InteractiveKind(.input, "asks for a terminal")
    static let remoteShell = InteractiveKind(.input, "is a shell on another computer")

    static let editing = InteractiveKind(.both, "opens an editor", opens: .editor)
    static let message = InteractiveKind(.both, "opens an editor for the message", opens: .editor)
    /// Whether there is something to merge shows only when it runs. A terminal too many does no harm; an editor that waits where
    /// nobody can reach it does.
    static let merge = InteractiveKind(.both, "opens an editor for the message if it makes a merge", opens: .editor)
    static let list = InteractiveKind(.both, "opens an editor for the list of commits", opens: .list)
    static let longText = InteractiveKind(.output, "shows long text in a pager, which waits for keys", opens: .pager)
}

/// Which variables and settings choose the programs that a program opens; what stands first counts.
struct OpenedPrograms: Sendable {
    var editors = ["VISUAL", "EDITOR"]
    var lists: [String] = []
    var pagers = ["PAGER"]
    /// What `--help` of a subcommand shows is a page of the manual, in a pager.
    var helpIsManual = false

    /// Why what is opened asks nobody. Nil: it does, or it is not known.
    func silence(_ opened: InteractiveKind.Opened, _ variables: [String], depth: Int) -> String? {
        func chosen(_ names: [String]) -> (name: String, value: String)? {
            for name in names {
                guard let variable = variables.last(where: { $0.hasPrefix(name + "=") }) else { continue }
                return (name, String(variable.dropFirst(name.count + 1)))
            }
            return nil
        }
        func asksNobody(_ editor: String) -> Bool {
            // It is a command line, to which the file is added.
            !editor.isEmpty && !InteractiveCommand.judge(editor + " file", in: ShellStage(), depth: depth + 1).needsTerminal
        }
        switch opened {
        case .pager:
            guard let pager = chosen(pagers), ["", "cat", "false"].contains(pager.value) else { return nil }
            return "has \(pager.name) set to no pager"
        case .list:
            guard let list = chosen(lists) else { return silence(.editor, variables, depth: depth) }
            guard asksNobody(list.value) else { return nil }
            // A list that is changed may ask for new messages; one that stays as it is does not.
            let leavesIt = [":", "true", "/bin/true", "/usr/bin/true", "cat", "touch"].contains(list.value)
            if !leavesIt, silence(.editor, variables, depth: depth) == nil { return nil }
            return "has \(list.name) set to a program that asks nobody"
        case .editor:
            guard let editor = chosen(editors), asksNobody(editor.value) else { return nil }
            return "has \(editor.name) set to a program that asks nobody"
        }
    }
}
