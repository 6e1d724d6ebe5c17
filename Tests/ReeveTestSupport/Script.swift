/// Programs that tests write to have them run.
package enum Script {
    package struct CannotWrite: Error { package var reason: String }

    /// Written by a process of its own: while this one has it open for writing, what another test starts may inherit that, and
    /// nobody can run a file that is open for writing.
    ///
    /// - Parameter text: lines for `/bin/sh`, unless its first one names another program after `#!`.
    package static func write(_ path: String, _ text: String) async throws {
        let whole = text.hasPrefix("#!") ? text : "#!/bin/sh\n\(text)"
        let line = #"printf '%s\n' "$TEXT" >"$FILE" && chmod 755 "$FILE""#
        let run = await ProgramRun.of(
            ["/bin/sh", "-c", line], environment: ["PATH": "/usr/bin:/bin", "TEXT": whole, "FILE": path])
        guard run.code == 0 else { throw CannotWrite(reason: "\(path): \(run.errors)") }
    }
}
