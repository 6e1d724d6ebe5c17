import Foundation

/// A private directory with a short path (sockets have to fit in 107 bytes), removed with `remove`.
package struct Scratch: Sendable {
    package let path: String

    package init() throws {
        path = "/tmp/rv-\(UInt32.random(in: .min ... .max))"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }

    package func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// A scratch directory for the length of `body`.
    package static func with<Result>(
        isolation: isolated (any Actor)? = #isolation, _ body: (Scratch) async throws -> Result
    ) async throws -> Result {
        let scratch = try Scratch()
        defer { scratch.remove() }
        return try await body(scratch)
    }

    package func directory(_ name: String) throws -> String {
        let directory = "\(path)/\(name)"
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        return directory
    }
}

/// Where this build's programs are: the tests run the real ones.
package enum Programs {
    package static var directory: String {
        // The test bundle lies beside the executables.
        let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundlePath ?? CommandLine.arguments[0]
        return URL(fileURLWithPath: bundle).deletingLastPathComponent().path
    }

    package static func path(_ name: String) -> String { "\(directory)/\(name)" }
}
