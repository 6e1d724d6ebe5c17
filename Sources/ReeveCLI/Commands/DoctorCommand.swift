import ArgumentParser
import ReeveClient
import ReeveJSON
import ReeveModel
import ReeveWire

/// What is missing, and the command that mends it.
struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Look for what is missing, and say what mends it.")
    @OptionGroup var common: CommonOptions

    struct Finding {
        var name: String
        /// Nil: an advice, not a fault.
        var isFine: Bool?
        var detail: String
        var mend: String?
    }

    func run() throws {
        let findings =
            [Self.programs(), Self.runtimeDirectory()] + daemonAndBackends()
            + [Self.unit(), Self.linger()].compactMap(\.self) + agents()
        if common.json {
            Terminal.printJSON(Self.json(findings))
        } else {
            for finding in findings where !common.quiet || finding.isFine == false {
                let mark = finding.isFine.map { $0 ? "ok  " : "FAIL" } ?? "--  "
                let line = "\(mark) \(Terminal.clean(finding.name)): \(Terminal.clean(finding.detail))"
                Terminal.print(Wrapping.wrap(line, Terminal.width, indent: 7))
                if let mend = finding.mend, finding.isFine != true { Terminal.print("       \(Terminal.clean(mend))") }
            }
        }
        if findings.contains(where: { $0.isFine == false }) { throw ExitCode(1) }
    }

    private static func json(_ findings: [Finding]) -> [UInt8] {
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
        return writer.bytes
    }

    /// What a running daemon says about its multiplexers counts: its PATH and its configuration are not ours.
    private func daemonAndBackends() -> [Finding] {
        do throws(ReeveError) {
            let path = try CommonOptions.socketPath(common.socket)
            let status = try ControlClient(path: path, patience: .seconds(2)).call(SystemStatus.self, Empty())
            let daemon = Finding(
                name: "daemon", isFine: true, detail: "reeved \(Terminal.clean(status.version)), pid \(status.pid), at \(path)",
                mend: nil)
            return [daemon] + Self.backends(Self.checked(path), said: status.backends) + Self.database(path)
        } catch {
            let daemon = Finding(
                name: "daemon", isFine: false, detail: error.message, mend: error.hint ?? "systemctl --user start reeve")
            return [daemon] + Self.backendsHere() + [Self.databaseWithoutDaemon]
        }
    }

    /// As the daemon finds them, which is what launches see; without one, as this shell does.
    private func agents() -> [Finding] {
        var params = AgentKinds.Params()
        params.check = true
        let progress = Progress { "asking the agents for their versions …" }
        defer { progress.clear() }
        guard let path = try? CommonOptions.socketPath(common.socket),
            let client = try? ControlClient(path: path, patience: .seconds(2)),
            // A daemon that is stopped takes connections all the same.
            (try? client.call(SystemPing.self, Empty())) != nil,
            let asking = try? ControlClient(path: path, patience: .seconds(120))
        else { return [Self.agentsHere()] }
        asking.whileWaiting { progress.show() }
        guard let kinds = try? asking.call(AgentKinds.self, params).kinds else { return [Self.agentsHere()] }
        return Self.agents(kinds)
    }
}
