import Foundation
import Synchronization

/// What became of a program that ran to its end.
package struct ProgramRun: Sendable {
    package var code: Int32
    package var text: String
    package var errors: String

    /// Before it has been run at all.
    package static let notRun = ProgramRun(code: -1, text: "", errors: "not run")

    /// Runs a program with nothing but this environment; code -1 when it cannot be run.
    package static func of(_ arguments: [String], environment: [String: String]) async -> ProgramRun {
        await onOwnThread { run(arguments, environment) }
    }

    private static func run(_ arguments: [String], _ environment: [String: String]) -> ProgramRun {
        let output = Pipe()
        let errors = Pipe()
        guard
            let program = try? SpawnedProgram(
                arguments, environment: environment, output: .descriptor(output.fileHandleForWriting.fileDescriptor),
                errors: .descriptor(errors.fileHandleForWriting.fileDescriptor))
        else { return ProgramRun(code: -1, text: "", errors: "cannot be run") }
        try? output.fileHandleForWriting.close()
        try? errors.fileHandleForWriting.close()
        // Both at once: a program that fills the one while we read the other would wait for ever.
        let complaining = DispatchGroup()
        let complaints = Mutex(Data())
        DispatchQueue.global().async(group: complaining) {
            let read = errors.fileHandleForReading.readDataToEndOfFile()
            complaints.withLock { $0 = read }
        }
        let text = output.fileHandleForReading.readDataToEndOfFile()
        complaining.wait()
        let code: Int32 =
            switch program.wait() {
            case .exited(let code), .signalled(let code): code
            }
        return ProgramRun(
            code: code, text: String(decoding: text, as: UTF8.self),
            errors: String(decoding: complaints.withLock { $0 }, as: UTF8.self))
    }
}
