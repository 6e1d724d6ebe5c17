package import ReeveModel

/// What the client ends with. Documented in the README and in every man page.
package enum ReeveExit {
    package static let table: [(code: Int32, meaning: String)] = [
        (0, "done"), (1, "failed"), (2, "usage"), (3, "daemon not reachable"), (4, "not found"), (5, "conflict or blocked"),
        (6, "timeout"),
    ]

    package static func code(_ error: ReeveError) -> Int32 {
        switch error.kind {
        case .invalidParams, .invalidRequest, .unknownMethod, .parseError, .tooLarge: 2
        case .notFound: 4
        case .conflict, .blocked: 5
        case .timeout: 6
        case .unreachable: 3
        default: 1
        }
    }
}
