import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Where cmux listens. It has moved: the system's temporary directory, then Application Support, then `~/.local/state`; a marker
/// file names the socket that is in use now (cmux 0.64 and its own test client, 2026).
struct CmuxPlaces: Sendable {
    var environment: [String: String]
    /// The content of a file; nil when there is none. Given, so that the order can be tested.
    var read: @Sendable (String) -> String?
    var exists: @Sendable (String) -> Bool

    init(
        environment: [String: String], read: @escaping @Sendable (String) -> String? = CmuxPlaces.content,
        exists: @escaping @Sendable (String) -> Bool = { access($0, F_OK) == 0 }
    ) {
        self.environment = environment
        self.read = read
        self.exists = exists
    }

    /// - Returns: the path that somebody has set, else the one that is there, else the one where it would be.
    func socketPath(_ configured: String?) throws(ReeveError) -> String {
        if let configured, !configured.isEmpty { return configured }
        let current = value("CMUX_SOCKET_PATH")
        let deprecated = value("CMUX_SOCKET")
        if let current, let deprecated, current != deprecated {
            throw ReeveError.unavailable(
                "CMUX_SOCKET_PATH and CMUX_SOCKET name two different sockets", hint: "unset CMUX_SOCKET, which is the old name")
        }
        if let named = current ?? deprecated { return named }
        for marker in markers {
            if let path = read(marker).map(Self.firstLine), path.hasPrefix("/"), exists(path) { return path }
        }
        return sockets.first(where: exists) ?? sockets[0]
    }

    /// Nil where none is kept.
    /// - Throws: when the file is not one that only this user can read.
    func password(_ configured: String?, readPrivate: (String) throws(ReeveError) -> String?) throws(ReeveError) -> String? {
        if let configured, !configured.isEmpty { return configured }
        if let named = value("CMUX_SOCKET_PASSWORD") { return named }
        for directory in directories {
            if let text = try readPrivate("\(directory)/socket-control-password").map(Self.firstLine), !text.isEmpty {
                return text
            }
        }
        return nil
    }

    private var home: String { environment["HOME"] ?? "" }
    private var directories: [String] { ["\(home)/Library/Application Support/cmux", "\(home)/.local/state/cmux"] }
    private var temporary: String {
        let named = environment["TMPDIR"] ?? ""
        return named.isEmpty ? "/tmp" : named.hasSuffix("/") ? String(named.dropLast()) : named
    }

    var markers: [String] { directories.map { "\($0)/last-socket-path" } + ["/tmp/cmux-last-socket-path"] }
    var sockets: [String] {
        directories.map { "\($0)/cmux.sock" } + (temporary == "/tmp" ? [] : ["\(temporary)/cmux.sock"]) + ["/tmp/cmux.sock"]
    }

    private func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

    private static func firstLine(_ text: String) -> String {
        let line = text.prefix { $0 != "\n" && $0 != "\r\n" }
        return String(line.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }

    /// A small file of cmux's: a path, so the first page is all of it.
    static func content(_ path: String) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = readFile(descriptor, &bytes)
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }
}

private func readFile(_ descriptor: Int32, _ buffer: inout [UInt8]) -> Int { read(descriptor, &buffer, buffer.count) }
