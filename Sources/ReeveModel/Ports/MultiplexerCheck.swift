/// What a multiplexer needs, and what of it is there: looked at without connecting to it for good, and without starting it.
package struct MultiplexerCheck: Sendable, Hashable {
    /// One thing that was looked at.
    package struct Finding: Sendable, Hashable {
        /// False: no session can be made there. Nil: something to know, and no fault.
        package var isFine: Bool?
        /// Half a sentence that fits beside the multiplexer's name in 80 columns, but for names and paths of people.
        package var detail: String
        /// What mends it: a command, or what to set where.
        package var mend: String?

        package init(isFine: Bool?, detail: String, mend: String? = nil) {
            self.isFine = isFine
            self.detail = detail
            self.mend = mend
        }

        package static func fine(_ detail: String) -> Finding { Finding(isFine: true, detail: detail) }
        package static func advice(_ detail: String, mend: String? = nil) -> Finding {
            Finding(isFine: nil, detail: detail, mend: mend)
        }
        package static func fault(_ detail: String, mend: String?) -> Finding {
            Finding(isFine: false, detail: detail, mend: mend)
        }

        /// The error that a session would fail with.
        package static func fault(_ error: any Error, mend: String? = nil) -> Finding {
            guard let error = error as? ReeveError else { return .fault("\(error)", mend: mend) }
            return .fault(error.message, mend: mend ?? error.hint)
        }
    }

    /// Whoever has not got it need not be told of it, unless the configuration wants it.
    package var isInstalled: Bool
    package var findings: [Finding]

    package init(isInstalled: Bool, findings: [Finding]) {
        self.isInstalled = isInstalled
        self.findings = findings
    }

    /// Nothing that was found so far is in the way of a session.
    package var isUsable: Bool { !findings.contains { $0.isFine == false } }

    package func adding(_ further: [Finding]) -> MultiplexerCheck {
        MultiplexerCheck(isInstalled: isInstalled, findings: findings + further)
    }
}
