/// What is known of one agent program's command line, per range of versions. Data: the adapters that ship are in `ReeveAgents`.
package struct LaunchAdapter: Sendable, Hashable {
    /// As in `[agents.NAME] adapter`.
    package var name: String
    package var program: String
    package var version: VersionShape
    /// The oldest version that Reeve promises to start. A range below it is a help for those who have nothing newer.
    package var supported: ToolVersion
    /// The newest version that a source speaks of.
    package var newest: ToolVersion
    /// Month of the newest source.
    package var asOf: String
    package var sources: [String]
    /// Oldest first, without a gap; the last has no end.
    package var ranges: [AdapterRange]
    package var variables: [ProviderVariable]

    package init(
        name: String, program: String, version: VersionShape, supported: ToolVersion, newest: ToolVersion, asOf: String,
        sources: [String], ranges: [AdapterRange], variables: [ProviderVariable]
    ) {
        self.name = name
        self.program = program
        self.version = version
        self.supported = supported
        self.newest = newest
        self.asOf = asOf
        self.sources = sources
        self.ranges = ranges
        self.variables = variables
    }

    /// The range of this version; of an unknown version the newest range. Nil for a version older than all.
    package func range(of version: ToolVersion?) -> AdapterRange? {
        guard let version else { return ranges.last }
        return ranges.last { $0.from <= version }
    }
}

/// The versions whose command line is the same in all that Reeve uses of it.
package struct AdapterRange: Sendable, Hashable {
    /// Who names a conversation.
    package enum Naming: Sendable, Hashable {
        /// Reeve does, with a UUID.
        case ours
        /// The program does; the id is learned from its hooks or its files.
        case itsOwn
        /// There are no ids.
        case none
    }

    /// From this version to the one before the next range.
    package var from: ToolVersion
    package var naming: Naming
    package var start: AdapterForm
    /// Nil: it cannot continue a conversation that is named.
    package var resume: AdapterForm?
    package var headless: AdapterForm?
    /// `{model}` is the model; empty: there is no such flag.
    package var model: [String]
    /// Missing: there is no such mode. Empty: nothing is to be sent for it.
    package var permission: [WorkflowStep.PermissionMode: [String]]
    /// The same for the headless form, where it differs.
    package var headlessPermission: [WorkflowStep.PermissionMode: [String]]?
    package var tools: ToolFlag?
    package var flags: [AdapterFlag]
    /// Each is refused together with the other, or does away with it.
    package var pairs: [FlagPair]

    package init(
        from: ToolVersion, naming: Naming, start: AdapterForm, resume: AdapterForm?, headless: AdapterForm?, model: [String],
        permission: [WorkflowStep.PermissionMode: [String]],
        headlessPermission: [WorkflowStep.PermissionMode: [String]]? = nil, tools: ToolFlag? = nil, flags: [AdapterFlag],
        pairs: [FlagPair] = []
    ) {
        self.from = from
        self.naming = naming
        self.start = start
        self.resume = resume
        self.headless = headless
        self.model = model
        self.permission = permission
        self.headlessPermission = headlessPermission
        self.tools = tools
        self.flags = flags
        self.pairs = pairs
    }

    package func form(_ form: LaunchPlan.Form) -> AdapterForm? {
        switch form {
        case .start: start
        case .resume: resume
        case .headless: headless
        }
    }

    package func permissions(_ form: LaunchPlan.Form) -> [WorkflowStep.PermissionMode: [String]] {
        form == .headless ? headlessPermission ?? permission : permission
    }

    /// The one name of a flag that stands for all its names; `--flag=value` counts as `--flag`.
    package func canonical(_ word: String) -> String {
        let name = String(word.prefix { $0 != "=" })
        return flags.first { $0.names.contains(name) }?.names.first ?? name
    }

    func flag(_ canonical: String) -> AdapterFlag? { flags.first { $0.names.first == canonical } }
}

/// One way to start a program: its words, with the placeholders of `LaunchPlan` and those of flags.
package struct AdapterForm: Sendable, Hashable {
    package var words: [String]
    package var prompt: AgentKind.PromptDelivery
    /// The words of its own subcommand, for `--help`: `["exec"]`.
    package var command: [String]
    /// Flags that the program has otherwise and not here.
    package var lacks: [String]
    /// A prompt that begins so would be taken for something else as an argument; it is pasted.
    package var pastesBeginnings: [String]

    package init(
        _ words: [String], prompt: AgentKind.PromptDelivery, command: [String] = [], lacks: [String] = [],
        pastesBeginnings: [String] = []
    ) {
        self.words = words
        self.prompt = prompt
        self.command = command
        self.lacks = lacks
        self.pastesBeginnings = pastesBeginnings
    }
}

/// How allowed tools are named. Always in one word with the flag: a flag that takes all words up to the next one would take the
/// prompt.
package enum ToolFlag: Sendable, Hashable {
    /// `--flag=TOOL`, once for each.
    case each(String)
    /// `--flag=TOOL,TOOL`.
    case joined(String)

    func words(_ tools: [String]) -> [String] {
        switch self {
        case .each(let flag): tools.map { "\(flag)=\($0)" }
        case .joined(let flag): tools.isEmpty ? [] : ["\(flag)=\(tools.joined(separator: ","))"]
        }
    }
}

/// A flag that Reeve sends, or that would contradict one that it sends.
package struct AdapterFlag: Sendable, Hashable {
    /// Whose word the flag is.
    package enum Role: Sendable, Hashable {
        /// Reeve's alone: which conversation, in which form.
        case form
        case model, permission, tools
        /// The user's.
        case other
    }

    /// All its names, the one that Reeve sends first.
    package var names: [String]
    package var role: Role
    /// May stand more than once.
    package var repeats: Bool

    package init(_ names: String..., role: Role, repeats: Bool = false) {
        self.names = names
        self.role = role
        self.repeats = repeats
    }
}

package struct FlagPair: Sendable, Hashable {
    package var one: String
    package var other: String
    /// Allowed where this one stands too.
    package var unless: String?

    package init(_ one: String, _ other: String, unless: String? = nil) {
        self.one = one
        self.other = other
        self.unless = unless
    }
}

/// A variable that a program reads. Only its name is ever written down.
package struct ProviderVariable: Sendable, Hashable {
    package var name: String
    /// In our own words, for the documents.
    package var meaning: String
    /// Its value gives access to something: it is only ever referred to.
    package var isSecret: Bool

    package init(_ name: String, _ meaning: String, isSecret: Bool = false) {
        self.name = name
        self.meaning = meaning
        self.isSecret = isSecret
    }
}
