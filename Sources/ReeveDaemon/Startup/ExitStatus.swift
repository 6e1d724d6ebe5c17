package import ReeveModel

/// What `reeved` ends with: sysexits.h where it has a word for it. reeve.service names those that no restart cures.
package enum ExitStatus: Int32, CaseIterable, Sendable {
    case stopped = 0
    case wrongFile = 2
    case usage = 64
    case damaged = 65
    case missing = 66
    case unavailable = 69
    case taken = 75
    case wrongConfiguration = 78

    package init(_ error: ReeveError) {
        switch error.kind {
        case .conflict: self = .taken
        case .damaged: self = .damaged
        case .notFound: self = .missing
        case .invalidParams: self = .wrongConfiguration
        default: self = .unavailable
        }
    }

    package var meaning: String {
        switch self {
        case .stopped: "stopped by SIGTERM, SIGINT or `reeve shutdown`; with `--check-config` the file is right"
        case .wrongFile: "with `--check-config`, `--show-config` or `--check-multiplexers`: the file has a fault"
        case .usage: "wrong options"
        case .missing: "with `--check-database` and its like: there is no such file"
        case .damaged: "the database is damaged, of a newer Reeve, or no database: nothing was touched; docs/database.md"
        case .unavailable: "something that is needed is not there: a directory, the database, the socket; or a part has failed"
        case .taken: "another `reeved` has the state directory"
        case .wrongConfiguration: "the configuration file has a fault"
        }
    }
}
