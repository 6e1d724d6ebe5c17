/// The programs that are known to use a terminal, after their manuals; the tables are in `Programs`.
enum InteractivePrograms {
    /// With these a program only tells about itself.
    static let telling: Set<String> = ["--help", "--version", "-version", "-help", "--usage"]

    static let tables: InteractiveTable = {
        var table = InteractiveTable()
        addEditors(&table)
        addPagers(&table)
        addMonitors(&table)
        addLanguages(&table)
        addDatabases(&table)
        addShells(&table)
        addScreens(&table)
        addAgents(&table)
        addVersionControl(&table)
        addGit(&table)
        addContainers(&table)
        addDevelopment(&table)
        addHosting(&table)
        addSystem(&table)
        addPackages(&table)
        addSecrets(&table)
        return table
    }()
    static var table: [String: InteractiveProgram] { tables.programs }

    /// Scripts and modules that interpreters run and that are programs of the table.
    static let scripts: Set<String> = [
        "manage.py", "artisan", "rails", "pytest", "pdb", "ipdb", "pudb", "ptpython", "bpython", "IPython", "aider",
    ]

    /// Subcommands that are all of a kind; names with blanks between.
    static func interactive(_ kind: InteractiveKind, _ names: String, _ rules: [OptionRule] = []) -> [String: InteractiveProgram]
    {
        joined(names.split(separator: " ").map { [String($0): InteractiveProgram(kind, rules)] })
    }

    static func joined(_ parts: [String: InteractiveProgram]...) -> [String: InteractiveProgram] { joined(parts) }

    private static func joined(_ parts: [[String: InteractiveProgram]]) -> [String: InteractiveProgram] {
        parts.reduce(into: [:]) { all, part in all.merge(part) { one, _ in one } }
    }

    /// Nil: not known.
    static func use(_ name: String, _ stage: ShellStage, depth: Int) -> InteractiveUse? {
        guard let program = table[name] else { return nil }
        guard name == "tmux", stage.words.contains(";") else {
            return program.use(name, stage.words.dropFirst(), stage, depth: depth)
        }
        // Several commands for its server: `tmux new -d \; attach`.
        let uses = stage.words.dropFirst().split(separator: ";").map { program.use(name, $0, stage, depth: depth) }
        return uses.first { $0.terminal != .none } ?? uses.first
    }

    /// What a shell is told to run with `-c`.
    static func shellLine(_ name: String, _ stage: ShellStage) -> String? {
        let arguments = stage.words.dropFirst()
        switch name {
        case "su":
            let options = CommandOptions(arguments, userSyntax)
            return options.value("-c") ?? options.value("--command")
        case "script":
            let options = CommandOptions(arguments, recordSyntax)
            return options.value("-c") ?? options.value("--command")
        case "fish", "nu", "xonsh", "elvish":
            let options = CommandOptions(arguments, OptionSyntax(values: ["-c", "--command", "--commands", "-C"], stopsAfter: 1))
            if options.has("-i") { return nil }
            return options.value("-c") ?? options.value("--command") ?? options.value("--commands")
        case "bash", "sh", "zsh", "dash", "ksh", "mksh", "ash", "tcsh", "csh":
            let options = CommandOptions(arguments, shellSyntax)
            return options.has("-i") || !options.has("-c") ? nil : options.operands.first
        default: return nil
        }
    }

    private static let userSyntax = OptionSyntax(
        values: ["-c", "-s", "-g", "-G", "-w", "--command", "--shell", "--group", "--supp-group", "--whitelist-environment"])
    private static let recordSyntax = OptionSyntax(
        values: ["-c", "-T", "-I", "-O", "-B", "-E", "-m", "-o", "--command"], attached: ["-t"])
    private static let shellSyntax = OptionSyntax(values: ["-o", "-O", "--rcfile", "--init-file"], stopsAfter: 1)
}

/// Programs by their names.
struct InteractiveTable: Sendable {
    private(set) var programs: [String: InteractiveProgram] = [:]
    /// Names that are in it twice: of those one entry would never be asked.
    private(set) var repeated: Set<String> = []

    /// - Parameter names: with blanks between.
    mutating func add(_ names: String, _ program: InteractiveProgram) {
        for name in names.split(separator: " ").map(String.init) {
            if programs.updateValue(program, forKey: name) != nil { repeated.insert(name) }
        }
    }
}
