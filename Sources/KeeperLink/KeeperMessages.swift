/// What a daemon asks of a keeper. Each request carries a number that its reply repeats.
package enum KeeperRequest: Sendable, Equatable {
    case run(KeeperOrder)
    /// `signal` is the platform's number; SIGCONT also gives the terminal back to the launch.
    case signal(launch: String, signal: Int)
    /// What became of this launch, and how the terminal stands.
    case state(launch: String)
    /// End the launch's process group and the keeper itself.
    case dismiss
}

/// A program to start. The environment is complete.
package struct KeeperOrder: Sendable, Equatable {
    package var launch: String
    package var label: String
    package var arguments: [String]
    package var directory: String
    /// `NAME=value`.
    package var environment: [String]
    /// Path of the file that is the program's standard input; empty for the terminal.
    package var standardInput: String

    package init(
        launch: String, label: String, arguments: [String], directory: String, environment: [String], standardInput: String
    ) {
        self.launch = launch
        self.label = label
        self.arguments = arguments
        self.directory = directory
        self.environment = environment
        self.standardInput = standardInput
    }
}

/// What became of a launch.
package enum KeeperFact: Sendable, Equatable {
    case neverStarted
    case running(pid: Int, stopped: Bool)
    case exited(Int)
    case signalled(Int)
    case refused(String)
    /// Not started, because something else has the terminal.
    case occupied(String)
    /// Not started, because the disk did not take the claim, without which it could be started twice.
    case unwritten(String)
    /// Claimed by an earlier keeper of this session, which died before it could write down the end.
    case lost
}

package enum KeeperReply: Sendable, Equatable {
    /// `unread` is the number of typed bytes that nobody has read yet.
    case fact(launch: String, KeeperFact, unread: Int)
    case failure(String)
}

/// What a keeper says by itself.
package enum KeeperPush: Sendable, Equatable {
    case changed(launch: String, KeeperFact)
}

/// A frame from keeper to daemon.
package enum KeeperAnswer: Sendable, Equatable {
    case reply(number: Int, KeeperReply)
    case push(KeeperPush)
}

package enum KeeperCodec {
    package static func encode(_ request: KeeperRequest, number: Int) -> [UInt8] {
        var w = FrameWriter()
        w.integer(number)
        switch request {
        case .run(let order):
            w.byte(1)
            w.string(order.launch)
            w.string(order.label)
            w.strings(order.arguments)
            w.string(order.directory)
            w.strings(order.environment)
            w.string(order.standardInput)
        case .signal(let launch, let signal):
            w.byte(2)
            w.string(launch)
            w.integer(signal)
        case .state(let launch):
            w.byte(3)
            w.string(launch)
        case .dismiss:
            w.byte(4)
        }
        return Frame.wrap(w.bytes)
    }

    package static func decodeRequest(_ body: [UInt8]) throws(FrameError) -> (number: Int, request: KeeperRequest) {
        var r = FrameReader(body)
        let number = try r.integer()
        switch try r.byte() {
        case 1:
            let order = KeeperOrder(
                launch: try r.string(), label: try r.string(), arguments: try r.strings(), directory: try r.string(),
                environment: try r.strings(), standardInput: try r.string())
            return (number, .run(order))
        case 2: return (number, .signal(launch: try r.string(), signal: try r.integer()))
        case 3: return (number, .state(launch: try r.string()))
        case 4: return (number, .dismiss)
        default: throw .unknownMessage
        }
    }

    package static func encode(_ answer: KeeperAnswer) -> [UInt8] {
        var w = FrameWriter()
        switch answer {
        case .reply(let number, .fact(let launch, let fact, let unread)):
            w.byte(1)
            w.integer(number)
            w.string(launch)
            write(fact, to: &w)
            w.integer(unread)
        case .reply(let number, .failure(let reason)):
            w.byte(2)
            w.integer(number)
            w.string(reason)
        case .push(.changed(let launch, let fact)):
            w.byte(3)
            w.string(launch)
            write(fact, to: &w)
        }
        return Frame.wrap(w.bytes)
    }

    package static func decodeAnswer(_ body: [UInt8]) throws(FrameError) -> KeeperAnswer {
        var r = FrameReader(body)
        switch try r.byte() {
        case 1:
            let number = try r.integer()
            let launch = try r.string()
            let fact = try readFact(&r)
            return .reply(number: number, .fact(launch: launch, fact, unread: try r.integer()))
        case 2: return .reply(number: try r.integer(), .failure(try r.string()))
        case 3:
            let launch = try r.string()
            return .push(.changed(launch: launch, try readFact(&r)))
        default: throw .unknownMessage
        }
    }

    private static func write(_ fact: KeeperFact, to w: inout FrameWriter) {
        switch fact {
        case .neverStarted: w.byte(0)
        case .running(let pid, let stopped):
            w.byte(1)
            w.integer(pid)
            w.byte(stopped ? 1 : 0)
        case .exited(let code):
            w.byte(2)
            w.integer(code)
        case .signalled(let number):
            w.byte(3)
            w.integer(number)
        case .refused(let reason):
            w.byte(4)
            w.string(reason)
        case .lost: w.byte(5)
        case .occupied(let reason):
            w.byte(6)
            w.string(reason)
        case .unwritten(let reason):
            w.byte(7)
            w.string(reason)
        }
    }

    private static func readFact(_ r: inout FrameReader) throws(FrameError) -> KeeperFact {
        switch try r.byte() {
        case 0: return .neverStarted
        case 1:
            let pid = try r.integer()
            return .running(pid: pid, stopped: try r.byte() == 1)
        case 2: return .exited(try r.integer())
        case 3: return .signalled(try r.integer())
        case 4: return .refused(try r.string())
        case 5: return .lost
        case 6: return .occupied(try r.string())
        case 7: return .unwritten(try r.string())
        default: throw .unknownMessage
        }
    }
}
