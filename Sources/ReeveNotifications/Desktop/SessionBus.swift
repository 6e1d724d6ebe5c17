#if Systemd && canImport(CSystemd)
import CSystemd
import ReeveModel

#if canImport(Glibc)
import Glibc
#endif

/// One connection to the session bus, and the two calls that notifications take.
///
/// sd-bus objects belong to one thread at a time: this one is used by `DesktopDoor`'s only.
final class SessionBus {
    /// For a person's screen: a server that takes longer hangs.
    static let timeout: UInt64 = 5_000_000

    enum Failure: Error {
        /// The connection is of no use any more, or never was: errno.
        case connection(Int32)
        /// The bus or the server refused: the D-Bus error's name and message.
        case refused(String, String)
    }

    private let bus: OpaquePointer

    /// Connects and says hello, within `timeout`.
    init(_ address: String) throws(Failure) {
        var made: OpaquePointer?
        try Self.check(sd_bus_new(&made))
        guard let made else { throw .connection(ENOMEM) }
        bus = made
        // From here on a failure ends in `deinit`, as that of every object whose members are set.
        try Self.check(sd_bus_set_address(made, address))
        try Self.check(sd_bus_set_bus_client(made, 1))
        try Self.check(sd_bus_start(made))
        // Not left to the first call: that waits for the bus as long as the bus likes (90 s for its greeting).
        var left = Self.timeout
        while try Self.check(sd_bus_is_ready(made)) == 0 {
            if try Self.check(sd_bus_process(made, nil)) > 0 { continue }
            let began = Self.microseconds
            guard left > 0, try Self.check(sd_bus_wait(made, left)) > 0 else { throw .connection(ETIMEDOUT) }
            left -= min(left, Self.microseconds - began)
        }
    }

    deinit { sd_bus_close_unref(bus) }

    /// What the server can, and which connection it has: another one means that ids given before mean nothing any more.
    func capabilities() throws(Failure) -> (words: Set<String>, owner: String) {
        let reply = try call("GetCapabilities") { (_) throws(Failure) in }
        defer { sd_bus_message_unref(reply) }
        var words: Set<String> = []
        try Self.check(sd_bus_message_enter_container(reply, Self.type("a"), "s"))
        while words.count < 100 {
            var word: UnsafePointer<CChar>?
            guard try Self.check(sd_bus_message_read_basic(reply, Self.type("s"), &word)) > 0, let word else { break }
            words.insert(String(cString: word))
        }
        return (words, sd_bus_message_get_sender(reply).map { String(cString: $0) } ?? "")
    }

    /// - Parameter replaces: the id of what it takes the place of; 0 for nothing.
    /// - Returns: its id.
    func notify(_ text: DesktopText, urgency: NoticeUrgency, replaces: UInt32) throws(Failure) -> UInt32 {
        let reply = try call("Notify") { (message) throws(Failure) in
            try Self.append("reeve", to: message)
            var id = replaces
            try Self.check(sd_bus_message_append_basic(message, Self.type("u"), &id))
            for text in ["", text.summary, text.body] { try Self.append(text, to: message) }
            // No actions: nobody would be there to hear of a click.
            try Self.check(sd_bus_message_open_container(message, Self.type("a"), "s"))
            try Self.check(sd_bus_message_close_container(message))
            try Self.check(sd_bus_message_open_container(message, Self.type("a"), "{sv}"))
            try Self.check(sd_bus_message_open_container(message, Self.type("e"), "sv"))
            try Self.append("urgency", to: message)
            try Self.check(sd_bus_message_open_container(message, Self.type("v"), "y"))
            var level: UInt8 =
                switch urgency {
                case .low: 0
                case .normal: 1
                case .critical: 2
                }
            try Self.check(sd_bus_message_append_basic(message, Self.type("y"), &level))
            for _ in 0..<3 { try Self.check(sd_bus_message_close_container(message)) }
            // The server decides how long it stays.
            var expires: Int32 = -1
            try Self.check(sd_bus_message_append_basic(message, Self.type("i"), &expires))
        }
        defer { sd_bus_message_unref(reply) }
        var id: UInt32 = 0
        try Self.check(sd_bus_message_read_basic(reply, Self.type("u"), &id))
        return id
    }

    // MARK: sd-bus

    private func call(
        _ member: String, _ fill: (OpaquePointer) throws(Failure) -> Void
    ) throws(Failure) -> OpaquePointer {
        let name = "org.freedesktop.Notifications"
        var message: OpaquePointer?
        try Self.check(
            sd_bus_message_new_method_call(bus, &message, name, "/org/freedesktop/Notifications", name, member))
        guard let message else { throw .connection(ENOMEM) }
        defer { sd_bus_message_unref(message) }
        try fill(message)
        var error = sd_bus_error()
        defer { sd_bus_error_free(&error) }
        var reply: OpaquePointer?
        let code = sd_bus_call(bus, message, Self.timeout, &error, &reply)
        guard code >= 0, let reply else {
            // libsystemd fills `error` for its own failures too; those come with names of errno.
            if let name = error.name.map({ String(cString: $0) }), code != -ECONNRESET, code != -ENOTCONN, code != -EPIPE {
                throw .refused(name, error.message.map { String(cString: $0) } ?? "")
            }
            throw .connection(-code)
        }
        return reply
    }

    private static func append(_ text: String, to message: OpaquePointer) throws(Failure) {
        // A NUL would end it: InertText has taken those away.
        try check(text.withCString { sd_bus_message_append_basic(message, type("s"), $0) })
    }

    private static func type(_ letter: UnicodeScalar) -> CChar { CChar(bitPattern: UInt8(ascii: letter)) }

    @discardableResult
    private static func check(_ code: Int32) throws(Failure) -> Int32 {
        guard code >= 0 else { throw .connection(-code) }
        return code
    }

    private static var microseconds: UInt64 {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return UInt64(now.tv_sec) * 1_000_000 + UInt64(now.tv_nsec) / 1000
    }
}
#endif
