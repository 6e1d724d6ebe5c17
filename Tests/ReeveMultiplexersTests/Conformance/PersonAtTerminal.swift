import Foundation
import Processes
import Synchronization
import Testing

/// A person with a terminal of their own, 100 by 30, in which a program shows them a session.
final class PersonAtTerminal: Sendable {
    private let terminal: Int32
    private let program: Task<Void, Never>
    private let reader: Task<Void, Never>
    private let hearing: Hearing

    init(_ command: [String], environment: [String: String]) throws {
        var controller: Int32 = -1
        var theirs: Int32 = -1
        var size = winsize()
        size.ws_col = 100
        size.ws_row = 30
        try #require(openpty(&controller, &theirs, nil, nil, &size) == 0)
        for descriptor in [controller, theirs] { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(controller, F_SETFL, O_NONBLOCK)
        let (ours, other) = (controller, theirs)
        terminal = ours
        program = Task { _ = try? await ProcessRunner.attach(command, environment: environment, descriptor: other) }
        let hear = Hearing()
        hearing = hear
        reader = Task {
            var chunk = [UInt8](repeating: 0, count: 65_536)
            while !Task.isCancelled {
                while true {
                    let count = read(ours, &chunk, chunk.count)
                    guard count > 0 else { break }
                    hear.counter.withLock { $0.feed(chunk[..<count]) }
                }
                try? await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    func type(_ text: String) { _ = write(terminal, text, text.utf8.count) }

    /// How often their bell has rung.
    var bells: Int { hearing.counter.withLock(\.bells) }

    /// Closes the terminal's window.
    func leave() async {
        reader.cancel()
        await reader.value
        close(terminal)
        program.cancel()
        await program.value
    }

    private final class Hearing: Sendable { let counter = Mutex(BellCounter()) }
}

/// Counts the bells in what a terminal is told, without those that only end a title (ECMA-48: OSC, as xterm ends it).
struct BellCounter {
    private(set) var bells = 0
    private var isAfterEscape = false
    private var isInTitle = false

    mutating func feed(_ bytes: some Sequence<UInt8>) {
        for byte in bytes {
            if byte == 7 {
                if !isInTitle { bells += 1 }
                isInTitle = false
            } else if isAfterEscape {
                isInTitle = byte == UInt8(ascii: "]")
            }
            isAfterEscape = byte == 0x1B
        }
    }
}
