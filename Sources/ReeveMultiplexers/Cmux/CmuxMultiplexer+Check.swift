package import ReeveModel

extension CmuxMultiplexer {
    package func check() async -> MultiplexerCheck {
        let isInstalled = isInstalled
        // The words of the error that a session would fail with.
        let missing = MultiplexerCheck.Finding.fault(CmuxProgramLink.missing(settings.binary))
        var findings: [MultiplexerCheck.Finding] = []
        if settings.requireInCmux, (settings.environment["CMUX_WORKSPACE_ID"] ?? "").isEmpty {
            // Nothing more is asked then, as nothing would be done.
            findings = [isInstalled ? .fine(settings.binary) : missing, CmuxCheck.notInside]
        } else {
            do {
                let link = try await reach()
                defer { link.close() }
                let methods = CmuxReadings.methods(try await link.told(.capabilities))
                findings = CmuxCheck.reached(link.manner, methods, missing: isInstalled ? nil : missing)
            } catch {
                let refused = CmuxCheck.refused(error)
                // Where nobody listens, that there is no program is all there is to say, and is said once.
                findings = isInstalled || refused == missing ? [refused] : [missing, refused]
            }
        }
        return MultiplexerCheck(isInstalled: isInstalled, findings: findings)
    }
}

/// What is said of cmux, without asking it.
enum CmuxCheck {
    typealias Finding = MultiplexerCheck.Finding

    /// What people who know it look for.
    static let outside = "Not running inside cmux"

    static let notInside = Finding.fault(
        "\(outside): CMUX_WORKSPACE_ID is not set",
        mend: "start reeved in cmux, or (not recommended) set require_in_cmux = false")

    /// - Parameter missing: what is said of a program that is not there. Whom the socket lets in does without.
    static func reached(_ manner: String, _ methods: Set<String>, missing: Finding?) -> [Finding] {
        var findings = [Finding.fine("answers \(manner)")]
        if let missing { findings.append(.advice(missing.detail, mend: "only its socket is used, which is enough")) }
        // Named by 0.64 and later.
        if !methods.contains("terminal.paste") {
            findings.append(.advice("takes texts of one line only", mend: "cmux 0.64 or newer takes all; docs/cmux.md"))
        }
        return findings
    }

    static func refused(_ error: any Error) -> Finding {
        guard let told = error as? CmuxRefusal.Told else { return .fault(error) }
        switch told.refusal {
        case .down(let reason): return .fault(reason, mend: "start cmux; reeved connects by itself")
        case .denied(let reason):
            return .fault("keeps reeved out: \(reason)", mend: "in cmux: Settings > Automation; docs/cmux.md has the modes")
        case .unauthenticated(let reason):
            return .fault("wants a password: \(reason)", mend: "set CMUX_SOCKET_PASSWORD for reeved; docs/cmux.md")
        }
    }
}
