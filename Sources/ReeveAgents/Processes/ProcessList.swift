package import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The processes of this user, read from `/proc` (Linux). Elsewhere nothing is known of processes.
package struct ProcessList: Sendable {
    /// Bytes of a command line that are read: the program and its script stand at the front.
    private static let longestCommand = 4096

    private struct Program: Sendable, Hashable {
        var pid: Int
        var start: String
        /// The name changes when a process becomes another program.
        var name: String
    }

    private var kinds: [Program: String?] = [:]

    package init() {}

    /// Nil where there is no `/proc`.
    package mutating func read() -> [ThreadProcess]? {
        #if os(Linux)
        guard let directory = opendir("/proc") else { return nil }
        defer { closedir(directory) }
        let user = getuid()
        var result: [ThreadProcess] = []
        var seen: [Program: String?] = [:]
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let pid = Int(name), let status = Self.bytes("/proc/\(pid)/stat", upTo: 2048, of: user),
                let line = ProcessStatus(status)
            else { continue }
            let program = Program(pid: pid, start: line.start, name: line.name)
            let kind = kinds[program] ?? Self.kind(pid, user)
            seen[program] = kind
            var process = ThreadProcess(
                pid: pid, parent: line.parent, start: line.start, kind: kind, tty: line.tty, isForeground: line.isForeground)
            if kind != nil { process.directory = Self.link("/proc/\(pid)/cwd") }
            if kind == "codex" { process.openFiles = Self.openRollouts(pid) }
            result.append(process)
        }
        kinds = seen
        return result
        #else
        return nil
        #endif
    }

    #if os(Linux)
    private static func kind(_ pid: Int, _ user: uid_t) -> String? {
        guard let command = bytes("/proc/\(pid)/cmdline", upTo: longestCommand, of: user) else { return nil }
        return AgentProgram.kind(command.split(separator: 0).map { String(decoding: $0, as: UTF8.self) })
    }

    private static func bytes(_ path: String, upTo count: Int, of user: uid_t) -> [UInt8]? {
        let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_uid == user else { return nil }
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = max(0, Glibc.read(descriptor, buffer.baseAddress, count))
        }
    }

    private static func link(_ path: String) -> String? {
        let target = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, filled in
            filled = buffer.withMemoryRebound(to: CChar.self) { text in
                text.baseAddress.map { max(0, readlink(path, $0, text.count)) } ?? 0
            }
        }
        return target.isEmpty ? nil : String(decoding: target, as: UTF8.self)
    }

    private static func openRollouts(_ pid: Int) -> [String] {
        guard let directory = opendir("/proc/\(pid)/fd") else { return [] }
        defer { closedir(directory) }
        var result: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let path = link("/proc/\(pid)/fd/\(name)"), path.hasSuffix(".jsonl"), path.contains("/rollout-") else {
                continue
            }
            result.append(path)
        }
        return result.sorted()
    }
    #endif
}

/// `/proc/PID/stat` (proc(5)).
struct ProcessStatus: Hashable {
    var name: String
    var parent: Int
    var start: String
    var tty: String?
    var isForeground: Bool

    init?(_ bytes: [UInt8]) {
        // The name stands in brackets and may hold some itself: the last one ends it.
        guard let open = bytes.firstIndex(of: UInt8(ascii: "(")), let close = bytes.lastIndex(of: UInt8(ascii: ")")), open < close
        else {
            return nil
        }
        name = String(decoding: bytes[(open + 1)..<close], as: UTF8.self)
        let fields = bytes[(close + 1)...].split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
        // From the third field on: state, ppid, pgrp, session, tty_nr, tpgid, … and starttime as the 22nd.
        guard fields.count >= 20, let parent = Int(fields[1]), let group = Int(fields[2]), let terminal = Int(fields[4]),
            let foreground = Int(fields[5])
        else { return nil }
        self.parent = parent
        start = fields[19]
        isForeground = terminal != 0 && foreground == group
        // A device number: pseudo-terminals have the majors 136 to 143, the minor's low byte is at the bottom, the rest above.
        let major = (terminal >> 8) & 0xFFF
        let minor = (terminal & 0xFF) | ((terminal >> 12) & 0xFFF00)
        tty = (136...143).contains(major) ? "/dev/pts/\((major - 136) << 8 | minor)" : nil
    }
}
