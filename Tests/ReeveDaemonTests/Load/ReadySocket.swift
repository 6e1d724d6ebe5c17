import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// The other end of `NOTIFY_SOCKET`: hears what a daemon says of itself, first of all that it is ready.
///
/// What is said is taken as it comes. The kernel keeps ten messages (`net.unix.max_dgram_qlen`), and who sends one more is held up until
/// somebody takes one; a service manager always does.
final class ReadySocket: Sendable {
    let path: String
    private let ear: Ear

    init(path: String) throws {
        self.path = path
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard RealDaemon.bind(descriptor, to: path) else {
            close(descriptor)
            throw CocoaError(.fileWriteUnknown)
        }
        ear = Ear(descriptor: descriptor)
        // A thread of its own: it waits for as long as this lives.
        Thread { [ear] in ear.listen() }.start()
    }

    deinit { ear.stop() }

    /// Throws away what a daemon said that is dead by now.
    func forget() { _ = rest() }

    /// What has been said and not been heard yet, line by line.
    func rest() -> [String] {
        ear.withLines { lines in
            defer { lines = [] }
            return lines
        }
    }

    /// Waits for a line that `isIt` is true of, and looks ever so often whether `isHopeless`. Blocks.
    /// - Returns: all lines up to that one; nil when it did not come before `deadline`.
    func hear(until deadline: ContinuousClock.Instant, isHopeless: () -> Bool, _ isIt: (String) -> Bool) -> [String]? {
        while true {
            // In this order: the last words of one that has ended are heard.
            let isOver = isHopeless() || ContinuousClock.now >= deadline
            let heard = ear.withLines { lines -> [String]? in
                guard let index = lines.firstIndex(where: isIt) else { return nil }
                defer { lines.removeFirst(index + 1) }
                return Array(lines[...index])
            }
            if heard != nil || isOver { return heard }
            usleep(1000)
        }
    }
}

/// Takes messages off a socket, whoever asks for them first.
private final class Ear: Sendable {
    private struct State {
        var lines: [String] = []
        var isOver = false
    }

    private let descriptor: Int32
    private let state = Mutex(State())

    init(descriptor: Int32) { self.descriptor = descriptor }

    func stop() { state.withLock { $0.isOver = true } }

    /// With everything that has been sent by now.
    func withLines<Result: Sendable>(_ body: (inout [String]) -> Result) -> Result {
        state.withLock { state in
            take(&state)
            return body(&state.lines)
        }
    }

    func listen() {
        var end = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while true {
            _ = poll(&end, 1, 50)
            let isOver = state.withLock { state in
                if !state.isOver { take(&state) }
                return state.isOver
            }
            guard isOver else { continue }
            close(descriptor)
            return
        }
    }

    private func take(_ state: inout State) {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let n = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            guard n > 0 else { return }
            state.lines += String(decoding: buffer[..<n], as: UTF8.self).split(separator: "\n").map(String.init)
        }
    }
}
