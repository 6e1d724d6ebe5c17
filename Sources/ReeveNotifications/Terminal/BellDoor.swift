package import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The terminal's bell: one `BEL`, which terminals show as a sound, a flash or a mark. It carries no text.
package struct BellDoor: NotificationDoor {
    private let ring: @Sendable (TicketID?) async throws(ReeveError) -> Void

    /// - Parameter ring: rings in the terminals that are attached to the ticket's session; nil is all terminals.
    package init(ring: @escaping @Sendable (TicketID?) async throws(ReeveError) -> Void) { self.ring = ring }

    /// One terminal, whatever the notice is about.
    package init(terminal path: String) { ring = { (_) throws(ReeveError) in try Self.ring(path) } }

    package func deliver(_ notice: Notice) async throws(ReeveError) { try await ring(notice.ticket) }

    /// Writes `BEL` to a terminal; never waits for it.
    package static func ring(_ path: String) throws(ReeveError) {
        let descriptor = open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else {
            throw .unavailable(
                "\(path) cannot be rung: \(String(cString: strerror(errno)))", hint: "is that terminal still there?")
        }
        defer { closeFile(descriptor) }
        // What is no terminal is somebody's file.
        guard isatty(descriptor) == 1 else { throw .unavailable("\(path) is no terminal", hint: "name one, as tty prints it") }
        var bell: UInt8 = 7
        let written = write(descriptor, &bell, 1)
        // Full: whoever does not read what is there does not hear it either.
        guard written == 1 || errno == EAGAIN else {
            throw .unavailable(
                "\(path) cannot be rung: \(String(cString: strerror(errno)))", hint: "is that terminal still there?")
        }
    }
}

// The C function, whose name the type's own hides.
private func closeFile(_ descriptor: Int32) { _ = close(descriptor) }
