package import ReeveModel

/// Something about a type's file: what is wrong with it, or (as a note) what it says in vain.
package struct TypeFault: Error, Sendable, Hashable {
    package var file: String
    package var line: Int?
    /// Where in the file, steps counted from 0: `steps[2].on_reject.goto_step`. Empty for the file as a whole.
    package var path: String
    package var message: String
    package var hint: String?

    package init(file: String, line: Int? = nil, path: String = "", message: String, hint: String? = nil) {
        self.file = file
        self.line = line
        self.path = path
        self.message = message
        self.hint = hint
    }

    /// `FILE:LINE: PATH: what; what to do`.
    package var spoken: String {
        let place = line.map { "\(file):\($0)" } ?? file
        return "\(place): \(inFile)" + (hint.map { "; \($0)" } ?? "")
    }

    package var error: ReeveError {
        ReeveError(
            .invalidParams, "\(line.map { "\(file):\($0)" } ?? file): \(inFile)", hint: hint, path: path.isEmpty ? nil : path)
    }

    private var inFile: String { path.isEmpty ? message : "\(path): \(message)" }
}
