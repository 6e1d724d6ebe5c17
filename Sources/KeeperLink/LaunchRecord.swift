/// The keeper's own file, one per session: what it claimed, started and saw end. Append-only lines, each with a newline at its end,
/// so that a line torn by a crash is recognised and ignored.
///
/// ```
/// claim L1
/// start L1 4242
/// exit L1 0            or  signal L1 9, or  hangup L1 when the terminal went first
/// ```
/// A claim is on the disk before its program starts. A claim without an end, and no keeper alive, is a lost launch.
package struct LaunchRecord: Sendable, Equatable {
    package enum Entry: Sendable, Equatable {
        case claimed
        case started(pid: Int)
        case exited(Int)
        case signalled(Int)
        /// Ended together with its terminal: whatever its exit was, it was not of its own making.
        case hungUp
        /// The claim was followed by a failure to start.
        case refused
    }

    package private(set) var entries: [String: Entry] = [:]

    package init() {}

    /// Reads a file's bytes; what is not a whole known line is passed over.
    package init(parsing bytes: some Collection<UInt8>) {
        var rest = bytes[...]
        while let end = rest.firstIndex(of: 10) {
            apply(String(decoding: rest[..<end], as: UTF8.self))
            rest = rest[rest.index(after: end)...]
        }
    }

    package mutating func apply(_ line: String) {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count >= 2 else { return }
        let launch = String(words[1])
        let number = words.count == 3 ? Int(words[2]) : nil
        switch (words[0], number) {
        case ("claim", nil) where words.count == 2: entries[launch] = .claimed
        case ("hangup", nil) where words.count == 2: entries[launch] = .hungUp
        case ("refuse", nil) where words.count == 2: entries[launch] = .refused
        case ("start", let pid?): entries[launch] = .started(pid: pid)
        case ("exit", let code?): entries[launch] = .exited(code)
        case ("signal", let signal?): entries[launch] = .signalled(signal)
        default: break
        }
    }

    /// What a dead keeper's record says of a launch.
    package func fact(_ launch: String) -> KeeperFact {
        switch entries[launch] {
        case nil: .neverStarted
        case .claimed, .started, .hungUp: .lost
        case .exited(let code): .exited(code)
        case .signalled(let number): .signalled(number)
        case .refused: .refused("its program could not be started")
        }
    }

    package static func line(_ launch: String, _ entry: Entry) -> String {
        switch entry {
        case .claimed: "claim \(launch)\n"
        case .started(let pid): "start \(launch) \(pid)\n"
        case .exited(let code): "exit \(launch) \(code)\n"
        case .signalled(let number): "signal \(launch) \(number)\n"
        case .hungUp: "hangup \(launch)\n"
        case .refused: "refuse \(launch)\n"
        }
    }
}

/// Where a keeper's things are, agreed between both sides.
package enum KeeperPaths {
    package static func socket(runtimeDirectory: String, session: String) -> String {
        "\(runtimeDirectory)/sessions/\(session).sock"
    }
    package static func lock(runtimeDirectory: String, session: String) -> String {
        "\(runtimeDirectory)/sessions/\(session).lock"
    }
    package static func record(stateDirectory: String, session: String) -> String {
        "\(stateDirectory)/launches/\(session).log"
    }
}
