#if Systemd && canImport(CSystemd)
import CSystemd
import Foundation
import Glibc
import ReeveTestSupport
import Synchronization

/// A bus of the test's own.
final class PrivateBus: Sendable {
    static let program = "/usr/bin/dbus-daemon"
    static var isPossible: Bool { access(program, X_OK) == 0 }

    struct DidNotStart: Error {}

    let address: String
    private let daemon: SpawnedProgram

    init(_ path: String) async throws {
        try? FileManager.default.removeItem(atPath: path)
        address = "unix:path=\(path)"
        daemon = try SpawnedProgram(
            [Self.program, "--session", "--nofork", "--nopidfile", "--nosyslog", "--address=\(address)"],
            environment: ["PATH": "/usr/bin:/bin", "XDG_DATA_DIRS": "/nowhere", "HOME": "/nowhere"])
        let daemon = daemon
        guard await eventually({ UnixSocket.accepts(path) || !daemon.isRunning }), daemon.isRunning else { throw DidNotStart() }
    }

    func stop() {
        // Started on a thread of the pool, it has inherited that thread's blocked signals: SIGTERM would wait for ever.
        kill(daemon.processIdentifier, SIGKILL)
        daemon.wait()
    }

    static func with(_ body: (PrivateBus) async throws -> Void) async throws {
        try await Scratch.with { scratch in
            let bus = try await PrivateBus(scratch.path + "/bus")
            defer { bus.stop() }
            try await body(bus)
        }
    }
}

/// org.freedesktop.Notifications as the specification has it: answers the two calls, and writes down what it was to show.
final class FakeNotificationServer: Sendable {
    struct Call: Sendable, Equatable {
        var application = ""
        var replaces: UInt32 = 0
        var summary = ""
        var body = ""
        var urgency: UInt8 = 255
        var expires: Int32 = 0
    }

    struct Failure: Error { var code: Int32 }

    private let got = Mutex<[Call]>([])
    private let isStopped = Mutex(false)
    private let ended = DispatchSemaphore(value: 0)

    var calls: [Call] { got.withLock { $0 } }

    init(_ address: String, capabilities: [String]) throws {
        let started = DispatchSemaphore(value: 0)
        let outcome = Outcome()
        // A thread of its own: the bus is read there and nowhere else.
        Thread { [self] in
            serve(address, capabilities, outcome, started)
            ended.signal()
        }.start()
        started.wait()
        let code = outcome.code.withLock { $0 }
        if code < 0 { throw Failure(code: code) }
    }

    private final class Outcome: Sendable { let code = Mutex<Int32>(0) }

    func stop() {
        isStopped.withLock { $0 = true }
        ended.wait()
        ended.signal()
    }

    private func serve(_ address: String, _ capabilities: [String], _ outcome: Outcome, _ started: DispatchSemaphore) {
        var made: OpaquePointer?
        var code = sd_bus_new(&made)
        if code >= 0 { code = sd_bus_set_address(made, address) }
        if code >= 0 { code = sd_bus_set_bus_client(made, 1) }
        if code >= 0 { code = sd_bus_start(made) }
        if code >= 0 { code = sd_bus_request_name(made, "org.freedesktop.Notifications", 0) }
        outcome.code.withLock { $0 = code }
        started.signal()
        guard code >= 0, let bus = made else { return }
        while !isStopped.withLock({ $0 }) {
            var message: OpaquePointer?
            let code = sd_bus_process(bus, &message)
            if code < 0 { break }
            if let message {
                answer(message, capabilities)
                sd_bus_message_unref(message)
            }
            if code == 0 { sd_bus_wait(bus, 5000) }
        }
        // Asked and answered: closing alone leaves the name to it until the bus has noticed, and the next one is refused.
        sd_bus_release_name(bus, "org.freedesktop.Notifications")
        sd_bus_flush_close_unref(bus)
    }

    private func answer(_ message: OpaquePointer, _ capabilities: [String]) {
        let interface = "org.freedesktop.Notifications"
        var reply: OpaquePointer?
        if sd_bus_message_is_method_call(message, interface, "GetCapabilities") > 0 {
            sd_bus_message_new_method_return(message, &reply)
            sd_bus_message_open_container(reply, Self.type("a"), "s")
            for word in capabilities { word.withCString { _ = sd_bus_message_append_basic(reply, Self.type("s"), $0) } }
            sd_bus_message_close_container(reply)
        } else if sd_bus_message_is_method_call(message, interface, "Notify") > 0 {
            let call = read(message)
            var id: UInt32 = got.withLock { calls in
                calls.append(call)
                return call.replaces == 0 ? UInt32(calls.count) : call.replaces
            }
            sd_bus_message_new_method_return(message, &reply)
            sd_bus_message_append_basic(reply, Self.type("u"), &id)
        } else {
            return
        }
        sd_bus_send(nil, reply, nil)
        sd_bus_message_unref(reply)
    }

    private func read(_ message: OpaquePointer) -> Call {
        func text() -> String {
            var text: UnsafePointer<CChar>?
            sd_bus_message_read_basic(message, Self.type("s"), &text)
            return text.map { String(cString: $0) } ?? "?"
        }
        var call = Call()
        call.application = text()
        sd_bus_message_read_basic(message, Self.type("u"), &call.replaces)
        _ = text()
        call.summary = text()
        call.body = text()
        sd_bus_message_skip(message, "as")
        sd_bus_message_enter_container(message, Self.type("a"), "{sv}")
        while sd_bus_message_enter_container(message, Self.type("e"), "sv") > 0 {
            if text() == "urgency" {
                sd_bus_message_enter_container(message, Self.type("v"), "y")
                sd_bus_message_read_basic(message, Self.type("y"), &call.urgency)
                sd_bus_message_exit_container(message)
            } else {
                sd_bus_message_skip(message, "v")
            }
            sd_bus_message_exit_container(message)
        }
        sd_bus_message_exit_container(message)
        sd_bus_message_read_basic(message, Self.type("i"), &call.expires)
        return call
    }

    private static func type(_ letter: UnicodeScalar) -> CChar { CChar(bitPattern: UInt8(ascii: letter)) }
}

/// Accepts by being listened on, and says nothing.
struct MuteSocket {
    let path: String
    private let descriptor: Int32

    init?(_ path: String) {
        self.path = path
        descriptor = UnixSocket.with(path) { bind($0, $1, $2) }
        guard descriptor >= 0, listen(descriptor, 5) == 0 else { return nil }
    }

    func stop() { close(descriptor) }
}

enum UnixSocket {
    /// Somebody listens.
    static func accepts(_ path: String) -> Bool {
        let descriptor = with(path) { connect($0, $1, $2) }
        if descriptor >= 0 { close(descriptor) }
        return descriptor >= 0
    }

    /// - Returns: a socket on which `action` succeeded, or -1.
    static func with(_ path: String, _ action: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { space in
            for (at, byte) in path.utf8.enumerated() where at < space.count - 1 { space[at] = byte }
        }
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                action(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        if code == 0 { return descriptor }
        close(descriptor)
        return -1
    }
}
#endif
