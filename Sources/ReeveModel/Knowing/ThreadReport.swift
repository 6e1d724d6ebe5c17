/// A conversation with one kind of agent. Two kinds may use one id.
package struct ThreadKey: Sendable, Hashable, Codable {
    package var kind: String
    package var id: String

    package init(kind: String, id: String) {
        self.kind = kind
        self.id = id
    }
}

/// Where an event said that it came from.
package struct ThreadPlace: Sendable, Hashable, Codable {
    package var pane: String?
    /// The tmux server's socket: pane ids are only unique below one.
    package var socket: String?
    package var pid: Int?
    /// The processes above the program that forwards events, the nearest first: one of them is the agent.
    package var ancestors: [Ancestor] = []

    package struct Ancestor: Sendable, Hashable, Codable {
        package var pid: Int
        package var start: String

        package init(pid: Int, start: String) {
            self.pid = pid
            self.start = start
        }
    }

    package init(pane: String? = nil, socket: String? = nil, pid: Int? = nil, ancestors: [Ancestor] = []) {
        self.pane = pane
        self.socket = socket
        self.pid = pid
        self.ancestors = ancestors
    }

    /// `TMUX` is `socket,pid,session`; both are in the environment of whatever runs in a pane.
    package init(environment: [String: String], pid: Int? = nil, ancestors: [Ancestor] = []) {
        pane = environment["TMUX_PANE"].flatMap { $0.isEmpty ? nil : $0 }
        socket = environment["TMUX"].flatMap { text in
            let path = text.split(separator: ",", omittingEmptySubsequences: false).dropLast(2).joined(separator: ",")
            return path.isEmpty ? nil : path
        }
        self.pid = pid
        self.ancestors = ancestors
    }
}

/// What a reader says about one thread in one go. The port between readers and the roster.
package struct ThreadReport: Sendable, Hashable {
    package enum Channel: Sendable, Hashable {
        case hook
        /// A file or a row of a database, named so that two files of one thread stay apart.
        case transcript(String)
    }

    package var kind: String
    /// Nil where the event does not say; then it is found by pane, by directory, or not at all.
    package var thread: String?
    /// It is a part of that other thread's work and no thread to show.
    package var parent: String?
    package var isChild: Bool
    package var channel: Channel
    /// The source starts anew: what it had said before does not count.
    package var isReset: Bool
    /// The thread is no longer to be shown: archived, removed.
    package var isGone: Bool
    /// The thread that was in this pane is over.
    package var takesPane: Bool
    /// Without a thread id it is a thread of its own, one for each directory.
    package var standsAlone: Bool
    package var place: ThreadPlace
    /// The launch whose agent says it of itself; it is known to run.
    package var launch: LaunchID?
    package var directory: String?
    package var signals: [Signal]
    /// When what has no time of its own happened.
    package var at: Timestamp?

    package init(
        kind: String, thread: String?, channel: Channel, signals: [Signal] = [], parent: String? = nil, isChild: Bool = false,
        isReset: Bool = false, isGone: Bool = false, takesPane: Bool = false, standsAlone: Bool = false,
        place: ThreadPlace = ThreadPlace(), launch: LaunchID? = nil, directory: String? = nil, at: Timestamp? = nil
    ) {
        self.kind = kind
        self.thread = thread
        self.channel = channel
        self.signals = signals
        self.parent = parent
        self.isChild = isChild || parent != nil
        self.isReset = isReset
        self.isGone = isGone
        self.takesPane = takesPane
        self.standsAlone = standsAlone
        self.place = place
        self.launch = launch
        self.directory = directory
        self.at = at
    }
}

/// One file of an agent's list of live processes, as it stands.
package struct RegistryEntry: Sendable, Hashable {
    package enum Status: Sendable, Hashable {
        case busy, idle, shell
        case waiting(String?)
    }

    package var kind: String
    package var pid: Int
    /// The start token of the process, as the operating system has it.
    package var start: String?
    package var thread: String
    package var directory: String?
    /// Nil: it does not say, or says a word that nobody knows.
    package var status: Status?
    package var at: Timestamp?
    package var matched: String

    package init(
        kind: String, pid: Int, start: String?, thread: String, directory: String?, status: Status?, at: Timestamp?,
        matched: String = ""
    ) {
        self.kind = kind
        self.pid = pid
        self.start = start
        self.thread = thread
        self.directory = directory
        self.status = status
        self.at = at
        self.matched = matched
    }
}

/// A process as far as knowing agents needs it.
package struct ThreadProcess: Sendable, Hashable {
    package var pid: Int
    package var parent: Int
    package var start: String?
    /// The agent that it is, by its exact name.
    package var kind: String?
    package var tty: String?
    /// In the foreground of its terminal.
    package var isForeground: Bool
    package var directory: String?
    /// Transcripts that it holds open.
    package var openFiles: [String]

    package init(
        pid: Int, parent: Int, start: String?, kind: String?, tty: String?, isForeground: Bool, directory: String? = nil,
        openFiles: [String] = []
    ) {
        self.pid = pid
        self.parent = parent
        self.start = start
        self.kind = kind
        self.tty = tty
        self.isForeground = isForeground
        self.directory = directory
        self.openFiles = openFiles
    }
}

/// A pane of a multiplexer of ours.
package struct ThreadPane: Sendable, Hashable {
    package var id: String
    package var session: String
    package var pid: Int?
    package var tty: String?
    /// Its real path.
    package var directory: String?
    package var socket: String?

    package init(id: String, session: String, pid: Int?, tty: String?, directory: String?, socket: String?) {
        self.id = id
        self.session = session
        self.pid = pid
        self.tty = tty
        self.directory = directory
        self.socket = socket
    }
}
