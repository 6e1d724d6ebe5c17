package import ReeveModel

/// What is wrong with a ticket's file: where, what, and what to do. The file itself is left as it is.
package struct TicketFault: Error, Sendable, Hashable {
    /// The file, as far as whoever found the fault knows it: a name, or a path below the folder.
    package var file: String
    /// From 1; nil when it is the whole file.
    package var line: Int?
    /// Fit to be shown: nothing in it does anything.
    package var reason: String
    package var hint: String?

    package init(file: String = "", line: Int? = nil, _ reason: String, hint: String? = nil) {
        self.file = InertText.clean(file)
        self.line = line
        self.reason = InertText.clean(reason)
        self.hint = hint
    }

    /// `queue/a.md:3`
    package var place: String { line.map { "\(file):\($0)" } ?? file }

    /// The same in `file`.
    package func within(_ file: String) -> TicketFault {
        var fault = self
        fault.file = InertText.clean(file)
        return fault
    }

    /// The same, a number of lines further down.
    func moved(down lines: Int) -> TicketFault {
        var fault = self
        fault.line = line.map { $0 + lines }
        return fault
    }

    package var error: ReeveError {
        ReeveError(.invalidParams, place.isEmpty ? reason : "\(place): \(reason)", hint: hint, path: place.isEmpty ? nil : place)
    }
}
