package import ReeveModel

/// A notice as a notification server wants it, by what it says that it can (Desktop Notifications Specification 1.2, "GetCapabilities").
package struct DesktopText: Sendable, Hashable {
    package var summary: String
    package var body: String

    /// - Parameter capabilities: of the server.
    package init(_ notice: Notice, capabilities: Set<String>) {
        // The summary is plain text in every server.
        summary = notice.title
        guard capabilities.contains("body") else {
            body = ""
            return
        }
        body = capabilities.contains("body-markup") ? Self.escaped(notice.body) : notice.body
    }

    /// The body of a server that reads markup is a small XML: an agent's text must not be a link or a picture in it.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
