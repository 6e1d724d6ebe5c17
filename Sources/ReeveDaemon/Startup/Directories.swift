import Foundation
import Ownership
package import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Where the daemon's things are.
package struct Directories: Sendable, Hashable {
    package var runtime: String
    package var state: String
    package var configuration: String
    /// Somebody named the configuration file: one that does not exist is then a mistake, and not "all defaults".
    package var namesConfiguration: Bool
    /// What `~` stands for in the configuration.
    package var home: String

    /// Flags beat the environment, the environment beats the XDG defaults.
    package init(
        runtime: String?, state: String?, configuration: String?, environment: [String: String]
    ) throws(ReeveError) {
        let home = environment["HOME"] ?? NSHomeDirectory()
        self.home = home
        func place(_ flag: String?, _ variable: String, _ xdg: String, _ fallback: String?) -> String? {
            if let flag { return flag }
            if let value = environment[variable], !value.isEmpty { return value }
            return environment[xdg].flatMap { $0.isEmpty ? nil : "\($0)/reeve" } ?? fallback
        }
        guard let runtimePath = place(runtime, "REEVE_RUNTIME_DIR", "XDG_RUNTIME_DIR", nil) else {
            throw .unavailable(
                "XDG_RUNTIME_DIR is not set", hint: "log in properly (pam_systemd sets it), or give --runtime-dir DIR")
        }
        self.runtime = Self.absolute(runtimePath)
        self.state = Self.absolute(place(state, "REEVE_STATE_DIR", "XDG_STATE_HOME", "\(home)/.local/state/reeve") ?? "")
        let named = configuration ?? environment["REEVE_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        namesConfiguration = named != nil
        if let named {
            self.configuration = Self.absolute(named)
        } else {
            self.configuration =
                "\(environment["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 } ?? "\(home)/.config")/reeve/reeve.toml"
        }
    }

    /// The user's ticket types.
    package var types: String { "\((configuration as NSString).deletingLastPathComponent)/types" }
    package var controlSocket: String { "\(runtime)/control.sock" }
    package var database: String { "\(state)/reeve.db" }
    /// Copies of the database that wait to be fetched.
    package var copies: String { "\(state)/copies" }
    /// What agents said while no daemon ran.
    package var spool: String { "\(state)/spool" }
    package var prompts: String { "\(state)/prompts" }
    package var lock: String { "\(state)/reeve.lock" }

    /// Makes what is missing, and refuses what somebody else could have prepared: links, other owners, open modes.
    package func prepare() throws(ReeveError) {
        for path in [state, "\(state)/launches", prompts, copies, spool, runtime, "\(runtime)/sessions"] { try Self.secure(path) }
        // The longest path that a keeper's socket gets; sun_path ends at 107 bytes on Linux.
        let longest = "\(runtime)/sessions/".utf8.count + 12 + 5
        guard longest <= 107 else {
            throw .unavailable(
                "the runtime directory's path is too long for sockets in it: \(runtime)", hint: "give a shorter --runtime-dir")
        }
    }

    private static func secure(_ path: String) throws(ReeveError) {
        do {
            let parent = (path as NSString).deletingLastPathComponent
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        } catch {
            throw .unavailable(
                "cannot make \(path): \(error.localizedDescription)", hint: "make it yourself, or give another directory")
        }
        do throws(Refusal) { try PrivateDirectory.prepare(path) } catch { throw ReeveError(error) }
    }

    private static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
    }
}

/// One daemon per state directory.
package struct StateLock: Sendable {
    private let descriptor: Int32

    /// - Throws: `conflict`, naming the holder, when another daemon has it.
    package init(path: String) throws(ReeveError) {
        do throws(Refusal) { descriptor = try PrivateFile.open(path, O_RDWR | O_CREAT) } catch { throw ReeveError(error) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            var buffer = [UInt8](repeating: 0, count: 32)
            let n = read(descriptor, &buffer, buffer.count)
            let holder = String(decoding: buffer[..<max(0, n)], as: UTF8.self).prefix { $0.isNumber }
            close(descriptor)
            throw .conflict("another reeved (pid \(holder)) uses \(path)", hint: "stop it, or give this one another --state-dir")
        }
        _ = ftruncate(descriptor, 0)
        let text = Array("\(getpid())\n".utf8)
        _ = text.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }
}

extension ReeveError {
    init(_ refusal: Refusal) { self = .unavailable(refusal.reason, hint: refusal.mend) }
}
