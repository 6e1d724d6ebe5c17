import ArgumentParser
import ReeveClient
import ReeveModel
import ReeveWire

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What is missing, and the command that mends it.
struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Look for what is missing, and say what mends it.")
    @OptionGroup var common: CommonOptions

    private struct Finding {
        var name: String
        /// Nil: an advice, not a fault.
        var isFine: Bool?
        var detail: String
        var mend: String?
    }

    func run() throws {
        let findings = [programs(), tmux(), runtimeDirectory(), daemon(), unit(), linger()].compactMap(\.self) + agents()
        if common.json {
            var writer = JSONWriter()
            writer.beginArray()
            for finding in findings {
                writer.beginObject()
                writer.key("check")
                writer.value(finding.name)
                writer.key("ok")
                writer.value(finding.isFine ?? true)
                writer.key("detail")
                writer.value(finding.detail)
                if let mend = finding.mend {
                    writer.key("mend")
                    writer.value(mend)
                }
                writer.endObject()
            }
            writer.endArray()
            Terminal.print(writer.text)
        } else {
            for finding in findings where !common.quiet || finding.isFine == false {
                let mark = finding.isFine.map { $0 ? "ok  " : "FAIL" } ?? "--  "
                Terminal.print(Terminal.fit("\(mark) \(finding.name): \(Terminal.clean(finding.detail))", Terminal.width))
                if let mend = finding.mend, finding.isFine != true { Terminal.print("       \(mend)") }
            }
        }
        if findings.contains(where: { $0.isFine == false }) { throw ExitCode(1) }
    }

    private func programs() -> Finding {
        let missing = ["reeved", "reeve-keeper"].filter { Files.find($0) == nil }
        guard missing.isEmpty else {
            return Finding(
                name: "programs", isFine: false, detail: "missing: \(missing.joined(separator: ", "))", mend: "make install")
        }
        let inPath = (Environment["PATH"] ?? "").split(separator: ":").contains { access("\($0)/reeve", X_OK) == 0 }
        return inPath
            ? Finding(name: "programs", isFine: true, detail: "in \(Files.programs)", mend: nil)
            : Finding(
                name: "programs", isFine: nil, detail: "reeve is not in the PATH", mend: "export PATH=\"\(Files.programs):$PATH\""
            )
    }

    private func tmux() -> Finding {
        guard let program = Files.find("tmux") else {
            return Finding(name: "tmux", isFine: false, detail: "not in the PATH", mend: "sudo apt install tmux   (3.2 or newer)")
        }
        let version = Self.output([program, "-V"]).drop { !$0.isNumber }
        let parts = version.split(separator: ".")
        let major = parts.first.flatMap { Int($0) } ?? 0
        let minor = parts.count > 1 ? Int(parts[1].prefix { $0.isNumber }) ?? 0 : 0
        let isFine = (major, minor) >= (3, 2)
        return Finding(
            name: "tmux", isFine: isFine, detail: "\(version) at \(program)",
            mend: isFine ? nil : "install tmux 3.2 or newer and name it in [sessions.tmux] binary_path")
    }

    private func runtimeDirectory() -> Finding {
        guard let path = Environment["REEVE_RUNTIME_DIR"] ?? Environment["XDG_RUNTIME_DIR"] else {
            return Finding(
                name: "runtime directory", isFine: false, detail: "XDG_RUNTIME_DIR is not set",
                mend: "log in by ssh or console, or: export XDG_RUNTIME_DIR=/run/user/$(id -u)")
        }
        var info = stat()
        guard stat(path, &info) == 0, info.st_mode & S_IFMT == S_IFDIR else {
            return Finding(
                name: "runtime directory", isFine: false, detail: "\(path) is no directory",
                mend: "sudo loginctl enable-linger $USER")
        }
        guard info.st_uid == getuid(), info.st_mode & 0o077 == 0 else {
            return Finding(
                name: "runtime directory", isFine: false, detail: "\(path) is not private to you", mend: "chmod 700 \(path)")
        }
        return Finding(name: "runtime directory", isFine: true, detail: path, mend: nil)
    }

    private func daemon() -> Finding {
        do throws(ReeveError) {
            let path = try CommonOptions.socketPath(common.socket)
            let status = try ControlClient(path: path).call(SystemStatus.self, Empty())
            let down = status.backends.filter { $0.state != .up }.map { "\($0.name): \($0.detail ?? $0.state.rawValue)" }
            return Finding(
                name: "daemon", isFine: down.isEmpty,
                detail: "reeved \(status.version), pid \(status.pid)" + (down.isEmpty ? "" : "; \(down.joined(separator: "; "))"),
                mend: down.isEmpty ? nil : "journalctl --user -u reeve -n 20")
        } catch {
            return Finding(
                name: "daemon", isFine: false, detail: error.message, mend: "systemctl --user start reeve   (or: reeved)")
        }
    }

    private func unit() -> Finding? {
        guard access("/run/systemd/system", F_OK) == 0 else { return nil }
        let base = Environment["XDG_CONFIG_HOME"] ?? "\(Environment["HOME"] ?? "")/.config"
        let isInstalled = access("\(base)/systemd/user/reeve.service", R_OK) == 0
        guard isInstalled else {
            return Finding(name: "unit", isFine: nil, detail: "reeve.service is not installed", mend: "make install")
        }
        let state = Self.output(["systemctl", "--user", "is-enabled", "reeve.socket"])
        return state.hasPrefix("enabled")
            ? Finding(name: "unit", isFine: true, detail: "reeve.socket is enabled", mend: nil)
            : Finding(
                name: "unit", isFine: nil, detail: "reeve.socket is not enabled",
                mend: "systemctl --user enable --now reeve.socket")
    }

    private func linger() -> Finding? {
        guard access("/run/systemd/system", F_OK) == 0, let user = Environment["USER"] else { return nil }
        return access("/var/lib/systemd/linger/\(user)", F_OK) == 0
            ? Finding(name: "linger", isFine: true, detail: "agents go on after you log out", mend: nil)
            : Finding(
                name: "linger", isFine: nil, detail: "agents end when you log out", mend: "sudo loginctl enable-linger \(user)")
    }

    private func agents() -> [Finding] {
        let found = ["claude", "codex", "gemini", "opencode", "amp", "aider"].filter { Files.find($0) != nil }
        return [
            Finding(
                name: "agents", isFine: found.isEmpty ? nil : true,
                detail: found.isEmpty ? "no AI coding agent is in the PATH" : found.joined(separator: ", "),
                mend: found.isEmpty ? "install one; reeve add --agent demo works without" : nil)
        ]
    }

    /// What a short command prints; empty when it cannot be run.
    private static func output(_ arguments: [String]) -> String {
        guard let pipe = popen(arguments.joined(separator: " ") + " 2>/dev/null", "r") else { return "" }
        defer { pclose(pipe) }
        var bytes: [UInt8] = []
        while case let byte = fgetc(pipe), byte >= 0, bytes.count < 4096 { bytes.append(UInt8(truncatingIfNeeded: byte)) }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").first.map(String.init) ?? ""
    }
}
