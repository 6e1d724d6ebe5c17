/// What a daemon, or an attached person's client, asks of a built-in terminal. Each request carries a number that its reply repeats;
/// `input` and `resize`, of an attached client, have no reply.
package enum TerminalRequest: Sendable, Equatable {
    /// Text into the terminal, as it is.
    /// - Parameters:
    ///   - isPaste: it goes in between the brackets of a paste, if the program has asked for them.
    ///   - claim: kept with the terminal from this moment on; empty for none.
    case write(text: String, isPaste: Bool, claim: String)
    /// A key by its name (`Enter`, `Up`, `C-c`), as the program wants it at the moment.
    case key(name: String, claim: String)
    /// The last lines of screen and what has scrolled away, blank tail dropped.
    case capture(lines: Int, isStyled: Bool)
    /// A text that changes whenever the screen does.
    case fingerprint
    case state
    case tag(key: String, value: String)
    case ring
    /// End the terminal and everything in it.
    case end
    /// From now on this connection shows the terminal to a person.
    case attach(columns: Int, rows: Int)
    case input([UInt8])
    case resize(columns: Int, rows: Int)
}

/// A built-in terminal as it is now.
package struct TerminalFacts: Sendable, Equatable {
    /// Tells one life of it from the next: process id and start.
    package var life: String
    package var name: String
    package var owner: String
    package var columns: Int
    package var rows: Int
    /// People who look at it.
    package var attached: Int
    /// Its program, the keeper.
    package var pid: Int
    /// The program has ended.
    package var isDead: Bool
    package var claim: String
    /// The title that the program has set, unfiltered.
    package var title: String
    /// Whether one of those who look says that their terminal has the focus, or does not say.
    package var isSeen: Bool

    package init(
        life: String, name: String, owner: String, columns: Int, rows: Int, attached: Int, pid: Int, isDead: Bool, claim: String,
        title: String, isSeen: Bool
    ) {
        self.life = life
        self.name = name
        self.owner = owner
        self.columns = columns
        self.rows = rows
        self.attached = attached
        self.pid = pid
        self.isDead = isDead
        self.claim = claim
        self.title = title
        self.isSeen = isSeen
    }
}

package enum TerminalReply: Sendable, Equatable {
    case done
    case text(String)
    case facts(TerminalFacts)
    /// The state forbids it: the program has ended, its input is full.
    case refused(String)
}

/// A frame from a terminal.
package enum TerminalAnswer: Sendable, Equatable {
    case reply(number: Int, TerminalReply)
    /// The terminal's program has ended.
    case died
    /// Bytes for the screen of an attached person.
    case output([UInt8])
}

package enum TerminalCodec {
    package static func encode(_ request: TerminalRequest, number: Int) -> [UInt8] {
        var w = FrameWriter()
        w.integer(number)
        switch request {
        case .write(let text, let isPaste, let claim):
            w.byte(1)
            w.string(text)
            w.byte(isPaste ? 1 : 0)
            w.string(claim)
        case .key(let name, let claim):
            w.byte(2)
            w.string(name)
            w.string(claim)
        case .capture(let lines, let isStyled):
            w.byte(3)
            w.integer(lines)
            w.byte(isStyled ? 1 : 0)
        case .fingerprint: w.byte(4)
        case .state: w.byte(5)
        case .tag(let key, let value):
            w.byte(6)
            w.string(key)
            w.string(value)
        case .ring: w.byte(7)
        case .end: w.byte(8)
        case .attach(let columns, let rows):
            w.byte(9)
            w.integer(columns)
            w.integer(rows)
        case .input(let bytes):
            w.byte(10)
            w.data(bytes)
        case .resize(let columns, let rows):
            w.byte(11)
            w.integer(columns)
            w.integer(rows)
        }
        return Frame.wrap(w.bytes)
    }

    package static func decodeRequest(_ body: [UInt8]) throws(FrameError) -> (number: Int, request: TerminalRequest) {
        var r = FrameReader(body)
        let number = try r.integer()
        switch try r.byte() {
        case 1: return (number, .write(text: try r.string(), isPaste: try r.byte() == 1, claim: try r.string()))
        case 2: return (number, .key(name: try r.string(), claim: try r.string()))
        case 3: return (number, .capture(lines: try r.integer(), isStyled: try r.byte() == 1))
        case 4: return (number, .fingerprint)
        case 5: return (number, .state)
        case 6: return (number, .tag(key: try r.string(), value: try r.string()))
        case 7: return (number, .ring)
        case 8: return (number, .end)
        case 9: return (number, .attach(columns: try r.integer(), rows: try r.integer()))
        case 10: return (number, .input(try r.data()))
        case 11: return (number, .resize(columns: try r.integer(), rows: try r.integer()))
        default: throw .unknownMessage
        }
    }

    package static func encode(_ answer: TerminalAnswer) -> [UInt8] {
        var w = FrameWriter()
        switch answer {
        case .reply(let number, let reply):
            w.byte(1)
            w.integer(number)
            write(reply, to: &w)
        case .died: w.byte(2)
        case .output(let bytes):
            w.byte(3)
            w.data(bytes)
        }
        return Frame.wrap(w.bytes)
    }

    package static func decodeAnswer(_ body: [UInt8]) throws(FrameError) -> TerminalAnswer {
        var r = FrameReader(body)
        switch try r.byte() {
        case 1: return .reply(number: try r.integer(), try readReply(&r))
        case 2: return .died
        case 3: return .output(try r.data())
        default: throw .unknownMessage
        }
    }

    private static func write(_ reply: TerminalReply, to w: inout FrameWriter) {
        switch reply {
        case .done: w.byte(0)
        case .text(let text):
            w.byte(1)
            w.string(text)
        case .facts(let facts):
            w.byte(2)
            for text in [facts.life, facts.name, facts.owner, facts.claim, facts.title] { w.string(text) }
            for number in [facts.columns, facts.rows, facts.attached, facts.pid] { w.integer(number) }
            w.byte(facts.isDead ? 1 : 0)
            w.byte(facts.isSeen ? 1 : 0)
        case .refused(let reason):
            w.byte(3)
            w.string(reason)
        }
    }

    private static func readReply(_ r: inout FrameReader) throws(FrameError) -> TerminalReply {
        switch try r.byte() {
        case 0: return .done
        case 1: return .text(try r.string())
        case 2:
            let life = try r.string()
            let name = try r.string()
            let owner = try r.string()
            let claim = try r.string()
            let title = try r.string()
            return .facts(
                TerminalFacts(
                    life: life, name: name, owner: owner, columns: try r.integer(), rows: try r.integer(),
                    attached: try r.integer(), pid: try r.integer(), isDead: try r.byte() == 1, claim: claim, title: title,
                    isSeen: try r.byte() == 1))
        case 3: return .refused(try r.string())
        default: throw .unknownMessage
        }
    }
}

/// Where a built-in terminal's files are.
package enum TerminalPaths {
    package static let ending = ".tty"

    package static func socket(runtimeDirectory: String, session: String) -> String {
        "\(runtimeDirectory)/sessions/\(session)\(ending)"
    }
    /// Held for as long as the terminal lives.
    package static func lock(runtimeDirectory: String, session: String) -> String {
        "\(runtimeDirectory)/sessions/\(session).ttylock"
    }
}
