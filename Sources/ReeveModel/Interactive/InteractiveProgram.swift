/// What options say about a program's use.
struct OptionRule: Sendable {
    let names: OptionNames
    /// Nil: what its program is.
    let kind: InteractiveKind?
    /// Behind the program's name; nil: made from the option or the kind.
    let reason: String?

    static func quiet(_ names: OptionNames, _ reason: String? = nil) -> OptionRule {
        OptionRule(names: names, kind: .quiet, reason: reason)
    }
    static func asks(_ names: OptionNames, _ kind: InteractiveKind? = nil) -> OptionRule {
        OptionRule(names: names, kind: kind, reason: nil)
    }
}

/// What operands say, if no option and no subcommand did.
enum OperandRule: Sendable {
    /// Without one, and without input, there is nothing to do: `less`.
    case needed(String)
    /// With so many it does not ask: `python file.py`. A lone `-` is the input, not one.
    case quiet(from: Int, String)
}

/// A program, or a subcommand of one: what decides whether it needs a terminal. Options come first, in the order of the rules;
/// then subcommands; then operands; then what it is.
struct InteractiveProgram: Sendable {
    let kind: InteractiveKind
    let rules: [OptionRule]
    let syntax: OptionSyntax
    let operands: [OperandRule]
    let commands: [String: InteractiveProgram]
    /// The values of this option are settings, `NAME=value`.
    let settings: String?
    /// Options that are another word for a variable: `--no-pager` is `GIT_PAGER=cat`.
    let meanings: [String: String]
    let opened: OpenedPrograms?
    /// The script or module that it runs may be a program of the table.
    let runsScripts: Bool

    /// - Parameters:
    ///   - beginnings: of attached values, by their options; without one of them it is none.
    ///   - sharesOptions: the subcommands have these options too.
    ///   - optionsAnywhere: behind an operand that is no subcommand, options are still its own.
    init(
        _ kind: InteractiveKind, _ rules: [OptionRule] = [], values: OptionNames = "", attached: OptionNames = "",
        beginnings: [String: [String]] = [:], last: OptionNames = "", oneDash: Bool = false, stopsAfter: Int? = nil,
        operands: [OperandRule] = [], commands: [String: InteractiveProgram] = [:], sharesOptions: Bool = false,
        optionsAnywhere: Bool = false, settings: String? = nil, meanings: [String: String] = [:], opened: OpenedPrograms? = nil,
        runsScripts: Bool = false
    ) {
        var syntax = OptionSyntax(
            values: values.options, attached: attached.options, beginnings: beginnings, last: last.options,
            stopsAfter: commands.isEmpty || optionsAnywhere ? stopsAfter : stopsAfter ?? 1,
            stopsAt: optionsAnywhere ? Set(commands.keys) : [], oneDash: oneDash)
        if let settings { syntax.values.insert(settings) }
        let all = rules.reduce(syntax.values.union(syntax.last).union(InteractivePrograms.telling)) { $0.union($1.names.options) }
        syntax.words = all.filter { !$0.hasPrefix("--") && $0.utf8.count > 2 }
        self.kind = kind
        self.rules = rules
        self.syntax = syntax
        self.operands = operands
        self.settings = settings
        self.meanings = meanings
        self.opened = opened
        self.runsScripts = runsScripts
        self.commands = sharesOptions ? commands.mapValues { InteractiveProgram($0, rules, syntax, meanings) } : commands
    }

    /// With the options of the program that it is a subcommand of. Its own rules come first.
    private init(_ program: InteractiveProgram, _ others: [OptionRule], _ other: OptionSyntax, _ meanings: [String: String]) {
        var syntax = program.syntax
        syntax.values.formUnion(other.values)
        syntax.attached.formUnion(other.attached)
        syntax.beginnings.merge(other.beginnings) { own, _ in own }
        syntax.words.formUnion(other.words)
        syntax.oneDash = syntax.oneDash || other.oneDash
        self.syntax = syntax
        kind = program.kind
        rules = program.rules + others
        operands = program.operands
        commands = program.commands.mapValues { InteractiveProgram($0, others, other, meanings) }
        settings = program.settings
        self.meanings = program.meanings.merging(meanings) { one, _ in one }
        opened = program.opened
        runsScripts = program.runsScripts
    }

    /// - Parameters:
    ///   - words: the command line without the program's name.
    ///   - inherited: what the program says that this is a subcommand of.
    func use(
        _ name: String, _ words: some Collection<String>, _ stage: ShellStage, depth: Int, inherited: OpenedPrograms? = nil
    ) -> InteractiveUse {
        let options = CommandOptions(words, syntax)
        if let word = options.present.intersection(InteractivePrograms.telling).min() {
            return word == "--help" && inherited?.helpIsManual == true
                ? .needs(.output, "\(name) --help shows a manual page in a pager") : .quiet("\(name) \(word) only tells about it")
        }
        // Alone it is help, whatever it is among other options.
        if words.count == 1, words.first == "-h" { return .quiet("\(name) -h only tells about it") }
        var stage = stage
        if let settings { stage.variables += options.values(settings) }
        stage.variables += options.present.compactMap { meanings[$0] }
        let opened = opened ?? inherited ?? OpenedPrograms()
        func answer(_ kind: InteractiveKind) -> InteractiveUse {
            if let opens = kind.opens, let silence = opened.silence(opens, stage.variables, depth: depth) {
                return .quiet("\(name) \(silence)")
            }
            return InteractiveUse(terminal: kind.terminal, reason: "\(name) \(kind.sentence)")
        }
        for rule in rules {
            guard let written = rule.names.holding(options, stage.variables) else { continue }
            let kind = rule.kind ?? kind
            guard kind.terminal == .none else { return answer(kind) }
            if let reason = rule.reason { return .quiet("\(name) \(reason)") }
            let shown = written.split(separator: "+").map { $0.hasSuffix("=") ? $0.dropLast() : $0 }.joined(separator: " ")
            return .quiet("\(name) with \(shown) asks nobody")
        }
        if let first = options.operands.first, let command = commands[first] {
            return command.use(
                "\(name) \(first)", options.operands.dropFirst(), stage, depth: depth, inherited: opened)
        }
        if runsScripts, let use = script(name, options, stage, depth: depth) { return use }
        for rule in operands {
            switch rule {
            case .needed(let reason) where options.operands.isEmpty && stage.input == .terminal:
                return .quiet("\(name) \(reason)")
            case .quiet(let count, let reason) where options.operands.count >= count && options.operands != ["-"]:
                return .quiet("\(name) \(reason)")
            default: break
            }
        }
        if kind == .editor, stage.input != .terminal, options.operands.contains("-") {
            return .needs(.output, "\(name) - edits what it is given and reads keys from the terminal")
        }
        return answer(kind)
    }

    private func script(_ interpreter: String, _ options: CommandOptions, _ stage: ShellStage, depth: Int) -> InteractiveUse? {
        let module = options.value("-m")
        guard let word = module ?? options.operands.first else { return nil }
        let name = InteractiveCommand.programName(word)
        guard InteractivePrograms.scripts.contains(name), let program = InteractivePrograms.table[name] else {
            return module.map { .quiet("\(interpreter) -m \(InteractiveCommand.shown($0)) runs a module") }
        }
        return program.use(name, options.operands.dropFirst(module == nil ? 1 : 0), stage, depth: depth)
    }
}
