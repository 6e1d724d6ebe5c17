import KeeperLink

/// The command line of a built-in terminal: `SESSION --runtime-dir DIR --name NAME --owner OWNER --columns N --rows N --scrollback N -- PROGRAM …`.
struct TerminalOptions {
    let session: String
    let runtimeDirectory: String
    let name: String
    let owner: String
    let columns: Int
    let rows: Int
    /// Lines.
    let scrollback: Int
    /// Its program and the arguments of that.
    let program: [String]

    init?(_ arguments: [String]) {
        guard let end = arguments.firstIndex(of: "--"), let session = arguments.first, session != "--" else { return nil }
        var values: [String: String] = [:]
        let options = arguments[1..<end]
        guard options.count % 2 == 0 else { return nil }
        for index in stride(from: options.startIndex, to: options.endIndex, by: 2) {
            guard options[index].hasPrefix("--") else { return nil }
            values[String(options[index].dropFirst(2))] = options[index + 1]
        }
        program = Array(arguments[(end + 1)...])
        guard !session.isEmpty, !session.hasPrefix("-"), !session.contains("/"), !program.isEmpty,
            let runtimeDirectory = values["runtime-dir"], let name = values["name"], let owner = values["owner"],
            let columns = values["columns"].flatMap({ Int($0) }), let rows = values["rows"].flatMap({ Int($0) }),
            let scrollback = values["scrollback"].flatMap({ Int($0) }),
            (1...1000).contains(columns), (1...1000).contains(rows), scrollback >= 0, values.count == 6
        else { return nil }
        self.session = session
        self.runtimeDirectory = runtimeDirectory
        self.name = name
        self.owner = owner
        self.columns = columns
        self.rows = rows
        self.scrollback = scrollback
    }

    var directories: [String] { [runtimeDirectory, "\(runtimeDirectory)/sessions"] }
    var socketPath: String { TerminalPaths.socket(runtimeDirectory: runtimeDirectory, session: session) }
    var lockPath: String { TerminalPaths.lock(runtimeDirectory: runtimeDirectory, session: session) }
}
