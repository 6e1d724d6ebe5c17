package import ReeveModel

/// Why cmux does not let us do something, told apart: only "down" can be mended by waiting or by starting it.
package enum CmuxRefusal: Sendable, Hashable {
    /// Nobody listens, or what listens does not answer.
    case down(String)
    /// It runs, and its access mode keeps us out.
    case denied(String)
    /// It runs and wants a password that we do not have, or have wrong.
    case unauthenticated(String)

    /// The one case in which trying again by itself makes sense.
    package var mayBeRetried: Bool { if case .down = self { true } else { false } }

    var error: ReeveError {
        switch self {
        case .down(let reason): .unavailable("cmux cannot be reached: \(reason)", hint: "start cmux; reeved connects by itself")
        case .denied(let reason):
            .unavailable(
                "cmux runs and keeps reeved out: \(reason)",
                hint:
                    "in cmux: Settings > Automation, control mode 'automation' or 'password' (automation.socketControlMode in"
                    + " ~/.config/cmux/cmux.json), then restart cmux; or start reeved in a cmux terminal")
        case .unauthenticated(let reason):
            .unavailable(
                "cmux wants a password: \(reason)",
                hint:
                    "set CMUX_SOCKET_PASSWORD for reeved, or keep the password in the file that cmux made for it"
                    + " (socket-control-password, mode 0600)")
        }
    }

    /// What a line that is no JSON says; nil for anything else. The wording is that of the v1 protocol (`ERROR: …`) and of the
    /// command line.
    static func reading(_ line: String) -> CmuxRefusal? {
        let lower = line.lowercased()
        if lower.contains("access denied") || lower.contains("only processes started inside cmux") { return .denied(shown(line)) }
        // What the command line makes of a socket that is closed in its face.
        if lower.contains("broken pipe") || lower.contains("errno 32") { return .denied(shown(line)) }
        let words = ["auth_required", "auth_failed", "unauthorized", "unauthenticated", "authentication", "password"]
        if words.contains(where: { lower.contains($0) }) { return .unauthenticated(shown(line)) }
        let down = [
            "socket not found", "connection refused", "no such file or directory", "failed to connect", "is cmux running",
        ]
        if down.contains(where: { lower.contains($0) }) { return .down(shown(line)) }
        return nil
    }

    static func shown(_ text: String) -> String { String(InertText.clean(text).prefix(200)) }
}

/// An error that cmux answered, translated. Its codes are few and its messages are localised, so only the codes count.
package struct CmuxFailure: Error, Sendable, Hashable {
    var code: String
    var message: String

    var isNotFound: Bool { code == "not_found" || code == "surface_not_found" || code == "workspace_not_found" }
    var isUnknownMethod: Bool { ["method_not_found", "unknown_method", "unknown_command"].contains(code) }
    /// Also of a surface that nothing has been written to yet (0.64.17).
    var isInternal: Bool { code == "internal_error" }
    /// The last surface of a workspace, the last workspace of a window.
    var isInvalidState: Bool { code == "invalid_state" }
    /// The connection has not said the password, or a wrong one.
    var isAuthentication: Bool { ["auth_required", "auth_failed", "unauthorized", "unauthenticated"].contains(code) }
    /// cmux has no window to do it in.
    var isUnavailable: Bool { code == "unavailable" }

    package var error: ReeveError {
        let text = "cmux: \(CmuxRefusal.shown(code)): \(CmuxRefusal.shown(message))"
        switch code {
        case _ where isNotFound: return ReeveError(.notFound, text)
        case "invalid_params", "invalid_request", "invalid_param": return ReeveError(.invalidParams, text)
        case "invalid_state": return .conflict(text)
        case "protected":
            return .conflict(text, hint: "the workspace is pinned in cmux: unpin it there, then try again")
        case _ where isAuthentication: return CmuxRefusal.unauthenticated(text).error
        case "access_denied": return CmuxRefusal.denied(text).error
        case "not_supported": return ReeveError(.unsupported, text)
        case _ where isUnknownMethod:
            return ReeveError(.unsupported, text, hint: "a newer cmux may have it")
        default: return .unavailable(text)
        }
    }
}
