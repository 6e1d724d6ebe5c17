import Foundation
import Synchronization

/// What became of a program that ran to its end.
package struct ProgramRun: Sendable {
    package var code: Int32
    package var text: String
    package var errors: String

    /// Runs a program with nothing but this environment; code -1 when it cannot be run.
    package static func of(_ arguments: [String], environment: [String: String]) async -> ProgramRun {
        await onOwnThread { run(arguments, environment) }
    }

    private static func run(_ arguments: [String], _ environment: [String: String]) -> ProgramRun {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: arguments[0])
        process.arguments = Array(arguments.dropFirst())
        process.environment = environment
        let output = Pipe()
        let errors = Pipe()
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return ProgramRun(code: -1, text: "", errors: "cannot be run") }
        // Both at once: a program that fills the one while we read the other would wait for ever.
        let complaining = DispatchGroup()
        let complaints = Mutex(Data())
        DispatchQueue.global().async(group: complaining) {
            let read = errors.fileHandleForReading.readDataToEndOfFile()
            complaints.withLock { $0 = read }
        }
        let text = output.fileHandleForReading.readDataToEndOfFile()
        complaining.wait()
        process.waitUntilExit()
        return ProgramRun(
            code: process.terminationStatus, text: String(decoding: text, as: UTF8.self),
            errors: String(decoding: complaints.withLock { $0 }, as: UTF8.self))
    }
}
