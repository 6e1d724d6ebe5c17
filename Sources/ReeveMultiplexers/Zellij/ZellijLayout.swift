/// The layout of a session whose first tab holds one command: KDL, version 1, as Zellij reads it.
enum ZellijLayout {
    /// One tab named `name` with one pane, and no bars: what they show is for somebody who works in Zellij.
    static func text(name: String, command: [String]) -> String {
        let program = quoted(command.first ?? "")
        let arguments = command.dropFirst().map { " \(quoted($0))" }.joined()
        return """
            layout {
                tab name=\(quoted(name)) {
                    pane command=\(program) borderless=true {
                        args\(arguments)
                    }
                }
            }

            """
    }

    /// A KDL string: quotes and backslashes escaped, control characters as `\u{…}` (kdl.dev, version 1.0.0, "Quoted String").
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
