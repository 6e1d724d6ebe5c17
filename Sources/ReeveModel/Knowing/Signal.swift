/// One thing that a reader has understood, in the words that all agents share. Readers translate; what it means for the state is
/// decided in `TurnTracker` and `ThreadKnowledge`.
package struct Signal: Sendable, Hashable {
    package enum Meaning: Sendable, Hashable {
        // Turns
        /// A person asked for something: a turn begins.
        case prompt
        /// A marker that a turn begins. From then on only markers begin and end turns of this transcript.
        case turnStarted(id: String?)
        /// The agent works.
        case working(detail: String? = nil)
        case toolStarted(Tool)
        /// `failed`: it came back with an error.
        case toolEnded(id: String?, name: String? = nil, failed: Bool = false)
        /// A dialog is open. With a key it is closed by `answered` with that key only.
        case asked(Ask)
        /// The dialog with that key is closed, without a key every dialog that has none.
        case answered(key: String?)
        case turnEnded(TurnEnd)
        /// A marker that confirms that no turn is open, without a word about how it ended.
        case turnClosed
        /// It rests. An open turn has ended as `ifOpen` says; an open dialog keeps it from that only where `dialogsHold`.
        case rested(ifOpen: ThreadState, dialogsHold: Bool)
        /// A whole picture in place of all that was known from this source.
        case stands(ThreadState, detail: String? = nil)
        case compacting(Bool)
        // Life
        /// `isRepeat`: a heartbeat that says so again and again.
        case sessionStarted(isRepeat: Bool = false)
        case sessionEnded
        case subagent(id: String, isRunning: Bool)
        /// A transcript was read from its first line on. Without any turn in it, the thread is idle.
        case opened
        /// The source has grown by something that says nothing.
        case noise
        // Fields
        case titled(String, TitleRank)
        /// The words of a prompt. `opens` is `prompt`'s; this is only the text.
        case prompted(String)
        case directory(String)
    }

    package struct Tool: Sendable, Hashable {
        package var id: String?
        package var name: String
        /// It is itself a question to a person: `question` or `plan`.
        package var asks: String?
        /// Of its input, to tell two calls of one tool apart.
        package var input: UInt64?

        package init(id: String?, name: String, asks: String? = nil, input: UInt64? = nil) {
            self.id = id
            self.name = name
            self.asks = asks
            self.input = input
        }
    }

    package struct Ask: Sendable, Hashable {
        package var key: String?
        package var detail: String
        package var tool: String?
        package var toolName: String?
        package var input: UInt64?

        package init(_ detail: String, key: String? = nil, tool: String? = nil, toolName: String? = nil, input: UInt64? = nil) {
            self.detail = detail
            self.key = key
            self.tool = tool
            self.toolName = toolName
            self.input = input
        }
    }

    package struct TurnEnd: Sendable, Hashable {
        package var state: ThreadState
        package var detail: String?
        /// The turn that ended; an older one than the open one ends nothing.
        package var turn: String?
        package var hasBackground: Bool
        package var isWeak: Bool

        package init(
            _ state: ThreadState, detail: String? = nil, turn: String? = nil, hasBackground: Bool = false, isWeak: Bool = false
        ) {
            self.state = state
            self.detail = detail
            self.turn = turn
            self.hasBackground = hasBackground
            self.isWeak = isWeak
        }
    }

    package enum TitleRank: Int, Sendable, Hashable, Comparable {
        case firstPrompt, generated, byUser

        package static func < (a: TitleRank, b: TitleRank) -> Bool { a.rawValue < b.rawValue }
    }

    package var meaning: Meaning
    package var rule: String
    package var matched: String
    /// Nil where the source gives no time: then it is when it was seen.
    package var at: Timestamp?
    /// A marker, and not what follows from a last line.
    package var isExplicit: Bool

    package init(_ meaning: Meaning, rule: String, matched: String = "", at: Timestamp? = nil, isExplicit: Bool = false) {
        self.meaning = meaning
        self.rule = rule
        self.matched = matched
        self.at = at
        self.isExplicit = isExplicit
    }
}

/// Text of agents as it may be kept and shown.
package enum ThreadText {
    /// Columns of a title.
    package static let titleColumns = 80
    /// Characters of a prompt that are kept.
    package static let longestPrompt = 1000

    /// The first line that is not empty, harmless, cut by display width; nil when nothing is left.
    package static func title(_ text: String) -> String? {
        for line in text.split(whereSeparator: \.isNewline) {
            // Much longer than any title: what follows is not looked at.
            let clean = trimmed(InertText.clean(String(line.prefix(400))))
            if !clean.isEmpty { return DisplayWidth.cut(clean, to: titleColumns) }
        }
        return nil
    }

    package static func prompt(_ text: String) -> String? {
        let clean = trimmed(InertText.clean(String(text.prefix(longestPrompt)), keepingLines: true))
        return clean.isEmpty ? nil : clean
    }

    /// For `Evidence.matched` and details.
    package static func match(_ text: String) -> String {
        DisplayWidth.cut(InertText.clean(String(text.prefix(400))), to: Evidence.longestMatch)
    }

    package static func trimmed(_ text: String) -> String {
        guard let first = text.firstIndex(where: { !$0.isWhitespace }), let last = text.lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(text[first...last])
    }
}
