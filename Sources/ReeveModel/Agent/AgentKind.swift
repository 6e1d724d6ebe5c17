/// One agent program as data: how to start it, talk to it and leave it. Ships in `ReeveAgents`, changed or added by configuration.
package struct AgentKind: Sendable, Hashable {
    /// How the first prompt reaches the agent.
    package enum PromptDelivery: String, Sendable, Hashable, CaseIterable {
        /// As an argument of its own; longer than the kernel takes (128 KiB), it is pasted instead.
        case argument
        /// Pasted into the terminal once the screen has come to rest.
        case paste
        /// The prompt file is the program's standard input.
        case stdin
        case none
    }

    /// A part of a kind that the configuration may have written itself.
    package enum Part: Sendable, Hashable, CaseIterable { case start, resume, headless, prompt }

    package var name: String
    package var start: [String]
    /// Empty when the agent cannot resume a conversation.
    package var resume: [String]
    /// One prompt in, one answer out, no terminal; empty when the agent has no such form.
    package var headless: [String]
    package var prompt: PromptDelivery
    package var exit: [KeyInput]
    package var interrupt: [KeyInput]
    package var interruptRepeat: Int
    package var eof: [KeyInput]
    package var enterDelay: Duration
    /// Values for the agent's environment; `$NAME` takes the daemon's own value when the agent starts.
    package var environment: [String: String]
    /// Bytes that the agent and everything it starts may take together; nil: as much as there is.
    package var memoryMax: Int64?
    /// How the program's versions want to be started; nil: only the words above are known.
    package var adapter: LaunchAdapter?
    /// What the user wrote: it wins over the adapter.
    package var own: Set<Part>

    package init(
        name: String, start: [String], resume: [String] = [], headless: [String] = [], prompt: PromptDelivery = .argument,
        exit: [KeyInput] = [.text("/exit"), .key(.enter)], interrupt: [KeyInput] = [.key(.control("c"))],
        interruptRepeat: Int = 2, eof: [KeyInput] = [.key(.control("d"))], enterDelay: Duration = .milliseconds(150),
        environment: [String: String] = [:], memoryMax: Int64? = nil, adapter: LaunchAdapter? = nil, own: Set<Part> = []
    ) {
        self.name = name
        self.start = start
        self.resume = resume
        self.headless = headless
        self.prompt = prompt
        self.exit = exit
        self.interrupt = interrupt
        self.interruptRepeat = interruptRepeat
        self.eof = eof
        self.enterDelay = enterDelay
        self.environment = environment
        self.memoryMax = memoryMax
        self.adapter = adapter
        self.own = own
    }
}
