import ReeveModel

/// `reeved`, called for what it can say without being a daemon. Reading its files is its business: two readers would disagree one day.
enum DaemonProgram {
    /// - Parameters:
    ///   - patience: nil for as long as it takes.
    ///   - onWait: called now and then until it ends.
    /// - Returns: what it prints.
    /// - Throws: its complaint as ours.
    static func run(
        _ arguments: [String], within patience: Duration?, onWait: (() -> Void)? = nil
    ) throws(ReeveError) -> String {
        guard let program = Files.find("reeved") else {
            throw .unavailable("reeved is neither beside reeve nor in the PATH", hint: "make install puts both in one place")
        }
        guard let run = ProgramRun.of([program] + arguments, within: patience, onWait: onWait) else {
            throw .unavailable(
                "\(program) cannot be run, or does not end", hint: "run it by hand: reeved \(arguments.first ?? "")")
        }
        guard run.status == 0 else { throw complaint(run, program) }
        return run.output
    }

    /// Its exit status (docs/systemd.md) and its words: a line, and below it what to do.
    private static func complaint(_ run: ProgramRun, _ program: String) -> ReeveError {
        let text = run.errors.hasPrefix("reeved: ") ? run.errors.dropFirst("reeved: ".count) : run.errors[...]
        let lines = text.split(separator: "\n", maxSplits: 1).map { String($0.drop { $0 == " " }) }
        let hint = lines.count > 1 ? String(lines[1].reversed().drop { $0 == "\n" }.reversed()) : nil
        return ReeveError(kind(run.status), lines.first ?? "\(program) ended with \(run.status)", hint: hint)
    }

    private static func kind(_ status: Int32) -> ReeveError.Kind {
        switch status {
        case 2: .invalidParams
        case 65: .damaged
        case 66: .notFound
        case 75: .conflict
        default: .unavailable
        }
    }
}
