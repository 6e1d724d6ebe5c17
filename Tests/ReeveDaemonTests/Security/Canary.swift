import Foundation
import ReeveTestSupport
import Testing

#if canImport(Glibc)
import Glibc
#endif

/// A secret that is put into one input, a daemon to put it into, and a look at where it comes out.
enum Canary {
    /// A word that is nowhere else, and that every member takes: letters and digits.
    static func fresh(_ name: String) -> String { "canary\(name)\(UInt64.random(in: 1 << 60 ... .max))" }

    /// - Parameter logsToJournal: into a journal that stands in for systemd's; needs `StandInJournal.isPossible`.
    static func with(
        _ configuration: String, _ environment: [String: String] = [:], logsToJournal: Bool = false,
        _ body: (RealDaemon, inout Outputs) async throws -> Void
    ) async throws {
        try await Scratch.with { outside in
            let notices = try ReadySocket(path: "\(outside.path)/notify")
            let journal = logsToJournal ? try StandInJournal(in: try outside.directory("journal")) : nil
            defer { journal?.stop() }
            let bin = try outside.directory("bin")
            let helpers = "\(outside.path)/helpers"
            for name in ["tmux", "systemd-run"] {
                try await Script.write("\(bin)/\(name)", "echo \"$0 $*\" >>\(helpers)\nexec /usr/bin/\(name) \"$@\"")
            }
            let all = environment.merging([
                "PATH": "\(bin):\(Programs.directory):/usr/local/bin:/usr/bin:/bin", "REEVE_LOG_LEVEL": "trace",
                "NOTIFY_SOCKET": notices.path,
            ]) { $1 }
            try await RealDaemon.with(configuration, prelude: journal?.prelude, environment: all) { d in
                var outputs = Outputs(helpers: helpers, notices: notices, journal: journal)
                try await body(d, &outputs)
                if let journal { #expect(!journal.records.contains([]), "a record came as a file, which is not looked into") }
                // A look that hears nothing where something is said would hear no canary either.
                #expect(outputs.places(of: "READY=1").contains(.notices) && outputs.places(of: "STATUS=").contains(.notices))
            }
        }
    }

    /// - Parameter perhaps: where it may be and need not: a table may have been too narrow for it.
    static func expect(
        _ outputs: Outputs, _ canary: String, only allowed: Set<Output>, perhaps: Set<Output> = [], _ what: String = "",
        _ location: SourceLocation = #_sourceLocation
    ) {
        let found = outputs.places(of: canary)
        for place in found.subtracting(allowed).subtracting(perhaps) {
            Issue.record("\(what) \(place.rawValue): \(outputs.around(canary, in: place))", sourceLocation: location)
        }
        // A look that finds nothing where something is would find nothing anywhere.
        #expect(allowed.subtracting(found) == [], "\(what) \(canary)", sourceLocation: location)
    }

    static func ask(_ d: RealDaemon, _ line: String) async throws -> String {
        try #require(await LineClient(d.socket).ask(line))
    }
}
