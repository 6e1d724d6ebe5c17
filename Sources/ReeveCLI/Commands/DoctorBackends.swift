import ReeveClient
import ReeveJSON
import ReeveModel
import ReeveWire

/// The multiplexers. What one needs, only `reeved` knows: the running one is asked, or this machine's program where none runs.
extension Doctor {
    /// - Parameters:
    ///   - findings: what was looked at.
    ///   - said: those that a running daemon uses, with what it says of them.
    /// - Returns: faults only of the one for new sessions; of the others what is installed, as something to know.
    static func backends(_ findings: [BackendFindingShape], said: [BackendShape]) -> [Finding] {
        let used = said.flatMap { backend in
            let own = findings.filter { $0.backend == backend.name }
            // An older daemon does not look; then each that it uses is as good as wanted.
            let isWanted = own.first?.wanted ?? true
            let faults = own.filter { $0.fine == false }
            let known = own.filter { $0.fine == nil }.map { finding($0) }
            // A fault says what to do, and the daemon's word only what it has come to.
            if backend.state != .up, !faults.isEmpty { return faults.map { finding($0) } + known }
            return [word(backend, isWanted: isWanted)] + known
        }
        let others = findings.filter { found in
            !said.contains { $0.name == found.backend } && (found.wanted || found.installed)
        }
        return used + others.map { finding($0) }
    }

    private static func finding(_ found: BackendFindingShape) -> Finding {
        Finding(
            name: found.backend, isFine: found.fine == false && !found.wanted ? nil : found.fine, detail: found.detail,
            mend: found.mend)
    }

    private static func word(_ backend: BackendShape, isWanted: Bool) -> Finding {
        let isFine: Bool? =
            switch backend.state {
            case .up: true
            case .down: isWanted ? false : nil
            case .unknown: nil
            }
        return Finding(
            name: backend.name, isFine: isFine, detail: "\(backend.detail ?? backend.state.rawValue), says the daemon",
            mend: "journalctl --user -u reeve -n 20")
    }

    /// As the daemon finds them; nothing when it does not say.
    static func checked(_ socket: String) -> [BackendFindingShape] {
        guard let client = try? ControlClient(path: socket, patience: .seconds(2)),
            (try? client.call(SystemPing.self, Empty())) != nil,
            // Programs that hang are waited for.
            let asking = try? ControlClient(path: socket, patience: .seconds(30))
        else { return [] }
        let progress = Progress { "looking at the multiplexers …" }
        defer { progress.clear() }
        asking.whileWaiting { progress.show() }
        return (try? asking.call(BackendCheck.self, Empty()))?.findings ?? []
    }

    /// Without a daemon: what it would find when it is started from here.
    static func backendsHere() -> [Finding] {
        // A missing `reeved` is said already.
        guard Files.find("reeved") != nil else { return [] }
        let progress = Progress { "looking at the multiplexers …" }
        defer { progress.clear() }
        do throws(ReeveError) {
            let text = try DaemonProgram.run(["--check-multiplexers"], within: .seconds(30)) { progress.show() }
            return backends(try BackendCheck.Result(reading: try JSONDocument(Array(text.utf8)).root).findings, said: [])
        } catch {
            return [
                error.kind == .invalidParams
                    ? Finding(
                        name: "configuration", isFine: false, detail: error.message, mend: error.hint ?? "reeve config check")
                    : Finding(name: "multiplexers", isFine: nil, detail: "not looked at: \(error.message)", mend: error.hint)
            ]
        }
    }
}
