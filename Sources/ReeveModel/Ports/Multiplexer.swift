/// What a terminal multiplexer can do for us. Nobody asks "is it tmux?": they ask for a capability.
package enum MultiplexerCapability: String, Sendable, Hashable, CaseIterable {
    /// What the terminal shows can be read; with its colours; with what has scrolled away.
    case capture, captureStyled, captureHistory
    /// A handle means one terminal, for ever, and never another of a like name.
    case exactTarget
    /// The end of a terminal is told, not looked for.
    case pushExit
    case split, focus, attach, sendKey
    /// Several lines go in as one paste where the program asks for brackets.
    case bracketedPaste
    /// Its terminals outlive the daemon.
    case persistent
    /// Values are kept in the multiplexer itself, a claim in the same moment as the input that it is about.
    case tag
    /// The bell of the people's terminals can be rung; what is in front of somebody is known.
    case bell, seen
    /// It shows a session's status and progress beside its name.
    case sidebar
    /// It needs nobody who looks at it: no desktop, no window, no terminal.
    case headless
    /// A session that somebody else made can be taken in, under its name.
    case adopt
}

/// The hands of the engine in one multiplexer. An implementation holds one connection where the multiplexer has one to hold.
///
/// Errors are `ReeveError`: `not_found` when the session is gone, `conflict` when a person is in the way (copy mode) or the name is
/// taken, `unavailable` when the multiplexer cannot be reached — which never means that there is nothing —, `unsupported` for what it is
/// not able to do.
package protocol Multiplexer: Sendable {
    var name: String { get }
    /// May grow or shrink when it is connected to, where that depends on its version: read when it is used, and not kept.
    var capabilities: Set<MultiplexerCapability> { get }
    /// Names that it needs for itself.
    var reservedNames: Set<SessionName> { get }
    /// Why it cannot do what it cannot, in half a sentence for people: "its command line has no such command".
    var limits: [MultiplexerCapability: String] { get }

    /// One connection's life: connects, starting the multiplexer if there is none, reports, and returns or throws when the connection
    /// has ended. The first report is `.connected`. Cancelling it disconnects.
    func run(_ report: @escaping @Sendable (MultiplexerEvent) -> Void) async throws
    /// A daemon before this one has left a session there. Told before it is connected to, so that what is listed is all there is.
    func recall(_ handle: TerminalHandle)
    /// Answers when the multiplexer answers.
    func probe() async throws
    /// What it needs and what of it is there, for people. Also for one that nobody uses: nothing is started and nothing changes.
    func check() async -> MultiplexerCheck

    func spawn(_ request: SpawnRequest) async throws -> TerminalHandle
    func destroy(_ handle: TerminalHandle, id: SessionID) async throws
    /// Takes a session in that a person has made, by its exact name: from then on it is listed as ours. Nothing is started or typed.
    /// `conflict` when another instance has it, or this one.
    /// - Parameters:
    ///   - server: of a multiplexer that has several, the path of its socket; nil: the one that new sessions are made on.
    ///   - isOpen: whether this instance has a session of this id.
    func adopt(
        _ name: SessionName, id: SessionID, owner: String, server: String?, isOpen: @Sendable (SessionID) async -> Bool
    ) async throws -> TerminalHandle
    /// Gives an adopted session back: it stays as it is, and is ours no more.
    func release(_ handle: TerminalHandle, id: SessionID) async throws
    /// What has become of the keeper's pane.
    func life(of handle: TerminalHandle, id: SessionID) async throws -> TerminalLife
    func list() async throws -> [TerminalSession]
    /// - Parameter claim: kept by the multiplexer with the session in the very moment in which the text goes in, where it has the capability
    ///   `tag`: who asks for it later, a daemon after a crash too, learns whether it did.
    func send(_ text: String, to handle: TerminalHandle, id: SessionID, claim: String?) async throws
    func press(_ key: Key, in handle: TerminalHandle, id: SessionID, claim: String?) async throws
    /// The last claim of this session; nil when there has been none, or none is kept.
    func claim(_ handle: TerminalHandle, id: SessionID) async throws -> String?
    /// The last `lines` lines of screen and history, blank tail dropped.
    func capture(_ handle: TerminalHandle, id: SessionID, lines: Int, styled: Bool) async throws -> String
    /// Changes whenever what the terminal shows changes: the evidence that a send arrived.
    func fingerprint(_ handle: TerminalHandle, id: SessionID) async throws -> String
    func split(_ handle: TerminalHandle, id: SessionID, direction: SplitDirection) async throws -> TerminalPane
    /// Shows the session to the people who look at this multiplexer; `conflict` when nobody does.
    func focus(_ handle: TerminalHandle, id: SessionID) async throws
    /// Rings the bell of the people's terminals that show the session; nothing where nobody looks.
    func ring(_ handle: TerminalHandle, id: SessionID) async throws
    /// The sessions of ours that are in front of somebody now.
    func seen() async throws -> Set<SessionID>
    /// Attaches a value to the session in the multiplexer itself, where it survives us.
    func tag(_ handle: TerminalHandle, id: SessionID, key: String, value: String) async throws
    /// The command that shows this session in a person's own terminal.
    func attachCommand(_ handle: TerminalHandle, id: SessionID) async throws -> AttachCommand
    /// The session's pane, where panes can be planned beside it: in tmux.
    func paneHost(of handle: TerminalHandle, id: SessionID) async throws -> PaneHost
    /// Shows what the session's agent does beside its name; nothing where there is no such place.
    func display(_ status: TerminalStatus, of handle: TerminalHandle, id: SessionID) async throws
}

/// What a multiplexer with a sidebar shows of a session.
package struct TerminalStatus: Sendable, Hashable {
    /// An agent state: `running`, `waiting`, …
    package var state: String
    /// One line, clean.
    package var text: String?
    /// 0 to 1.
    package var progress: Double?
    /// What the progress is of, one line, clean: "3/8 suites". Where there is none the text stands there.
    package var progressLabel: String?

    package init(state: String, text: String? = nil, progress: Double? = nil, progressLabel: String? = nil) {
        self.state = state
        self.text = text
        self.progress = progress
        self.progressLabel = progressLabel
    }
}

/// A keeper that is dead and one that cannot be reached are two things: its pane tells them apart.
package enum TerminalLife: Sendable, Hashable {
    /// No such session any more.
    case gone
    /// The session is there, its pane's program has ended.
    case dead
    case alive
}

/// What holds for a multiplexer that says nothing of it: what it cannot do is `unsupported`, with its reason, except for courtesies
/// (bell, sidebar), which are left out where there is no place for them.
extension Multiplexer {
    package var reservedNames: Set<SessionName> { [] }
    package var limits: [MultiplexerCapability: String] { [:] }

    /// The refusal of something that this multiplexer cannot do.
    package func unsupported(_ capability: MultiplexerCapability) -> ReeveError {
        ReeveError.unsupported(backend: name, capability: capability.rawValue, reason: limits[capability])
    }

    package func recall(_ handle: TerminalHandle) {}
    package func check() async -> MultiplexerCheck { MultiplexerCheck(isInstalled: false, findings: []) }
    package func claim(_ handle: TerminalHandle, id: SessionID) async throws -> String? { nil }
    package func capture(_ handle: TerminalHandle, id: SessionID, lines: Int, styled: Bool) async throws -> String {
        throw unsupported(.capture)
    }
    package func fingerprint(_ handle: TerminalHandle, id: SessionID) async throws -> String { throw unsupported(.capture) }
    package func split(_ handle: TerminalHandle, id: SessionID, direction: SplitDirection) async throws -> TerminalPane {
        throw unsupported(.split)
    }
    package func focus(_ handle: TerminalHandle, id: SessionID) async throws { throw unsupported(.focus) }
    package func adopt(
        _ name: SessionName, id: SessionID, owner: String, server: String?, isOpen: @Sendable (SessionID) async -> Bool
    ) async throws -> TerminalHandle {
        throw unsupported(.adopt)
    }
    package func release(_ handle: TerminalHandle, id: SessionID) async throws { throw unsupported(.adopt) }
    package func ring(_ handle: TerminalHandle, id: SessionID) async throws {}
    package func seen() async throws -> Set<SessionID> { [] }
    package func tag(_ handle: TerminalHandle, id: SessionID, key: String, value: String) async throws { throw unsupported(.tag) }
    package func attachCommand(_ handle: TerminalHandle, id: SessionID) async throws -> AttachCommand {
        throw unsupported(.attach)
    }
    package func paneHost(of handle: TerminalHandle, id: SessionID) async throws -> PaneHost {
        throw ReeveError.unsupported(backend: name, capability: "panes", reason: "its windows are not read")
    }
    package func display(_ status: TerminalStatus, of handle: TerminalHandle, id: SessionID) async throws {}

    package func send(_ text: String, to handle: TerminalHandle, id: SessionID) async throws {
        try await send(text, to: handle, id: id, claim: nil)
    }

    package func press(_ key: Key, in handle: TerminalHandle, id: SessionID) async throws {
        try await press(key, in: handle, id: id, claim: nil)
    }

    package func adopt(
        _ name: SessionName, id: SessionID, owner: String, isOpen: @Sendable (SessionID) async -> Bool
    ) async throws -> TerminalHandle {
        try await adopt(name, id: id, owner: owner, server: nil, isOpen: isOpen)
    }

    package func exists(_ handle: TerminalHandle, id: SessionID) async throws -> Bool {
        try await life(of: handle, id: id) != .gone
    }
}

package struct SpawnRequest: Sendable, Hashable {
    package var id: SessionID
    package var name: SessionName
    package var arguments: [String]
    /// The daemon's instance: who owns the session.
    package var owner: String
    /// The type of the ticket that it is for (`FEAT`), where there is one: editors colour by it.
    package var ticketType: String?

    package init(id: SessionID, name: SessionName, arguments: [String], owner: String, ticketType: String? = nil) {
        self.id = id
        self.name = name
        self.arguments = arguments
        self.owner = owner
        self.ticketType = ticketType
    }
}

/// What a client runs to show a session, and where it may switch instead of nesting.
package struct AttachCommand: Sendable, Hashable {
    package var arguments: [String]
    /// For a client that is already inside this very multiplexer; empty when there is no such thing.
    package var inside: [String]
    /// The value of `$TMUX` (up to its first comma), or of `$ZELLIJ_SESSION_NAME`, that means "inside this very multiplexer".
    package var socket: String?

    package init(arguments: [String], inside: [String], socket: String?) {
        self.arguments = arguments
        self.inside = inside
        self.socket = socket
    }
}

package enum MultiplexerEvent: Sendable, Hashable {
    /// With a line about it for people: "tmux 3.3a, pid 42".
    case connected(String)
    /// Sessions or windows came, went or were renamed: look again.
    case changed
    /// The program of this pane has ended (the keeper, or a person's own pane).
    case paneDied(String)
}
