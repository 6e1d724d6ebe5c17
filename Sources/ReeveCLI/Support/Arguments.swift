import ReeveModel

/// The words of the command line as they came, before anything has been parsed.
enum Arguments {
    /// - Throws: `invalid_params` for a word that is not UTF-8. It would reach the daemon with U+FFFD in it, and what is typed into
    ///   a terminal is promised byte for byte.
    static func check() throws(ReeveError) {
        let words = CommandLine.unsafeArgv
        for position in 0..<Int(CommandLine.argc) {
            guard let word = words[position], String(validatingCString: word) == nil else { continue }
            throw ReeveError(.invalidParams, "argument \(position) is not UTF-8", hint: "nothing was sent")
        }
    }

    /// Whether errors are wanted as JSON: also those of a command line that cannot be parsed.
    static var wantJSON: Bool { wantJSON(CommandLine.arguments.dropFirst()) }

    static func wantJSON(_ words: some Sequence<String>) -> Bool { words.prefix { $0 != "--" }.contains("--json") }
}
