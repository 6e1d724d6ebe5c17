import Processes
import ReeveModel

/// The first thing that a multiplexer needs: its program, in a version that Reeve can work with.
struct ProgramCheck: Sendable {
    /// The table of the configuration that has its `binary_path`: "zellij".
    let multiplexer: String
    /// `binary_path`: a name, or a path.
    let binary: String
    /// What it is run with.
    let environment: [String: String]
    /// How it is had where it is missing, in front of "or set …".
    var install = "install it"

    /// - Parameter version: asks the program; what it throws is the fault.
    func look(_ version: () async throws -> String) async -> MultiplexerCheck {
        guard let path = ProgramFile.find(binary, in: environment["PATH"] ?? ProgramFile.usualPath) else {
            return MultiplexerCheck(isInstalled: false, findings: [missing])
        }
        do {
            return MultiplexerCheck(isInstalled: true, findings: [.fine("\(try await version()) at \(path)")])
        } catch {
            return MultiplexerCheck(isInstalled: true, findings: [.fault(error)])
        }
    }

    var missing: MultiplexerCheck.Finding {
        .fault(
            binary.contains("/") ? "no program at \(binary)" : "'\(binary)' is not in reeved's PATH",
            mend: "\(install), or set [sessions.\(multiplexer)] binary_path")
    }
}
