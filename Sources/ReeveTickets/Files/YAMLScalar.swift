import ReeveModel

/// Writes a text so that every YAML reader reads exactly that text: on one line, and never as a number, a date or a truth value.
enum YAMLScalar {
    /// Plain where nothing can be misread, else in double quotes.
    static func write(_ text: String) -> String { isPlain(text) ? text : quoted(text) }

    /// Letters first, then what has no meaning in YAML; single spaces between.
    private static func isPlain(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, isLetter(first), let last = bytes.last, last != 0x20, last != 0x3A, bytes.count <= 200
        else {
            return false
        }
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case 0x30...0x39, UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "+"),
                UInt8(ascii: "@"), 0x41...0x5A, 0x61...0x7A:
                break
            case UInt8(ascii: ":") where bytes[index + 1] != 0x20: break
            case 0x20 where bytes[index + 1] != 0x20: break
            default: return false
            }
        }
        return !words.contains(text.lowercased())
    }

    /// What some version of YAML takes for a truth value or for nothing. Numbers, dates, `.inf` do not begin with a letter; `0x` neither.
    private static let words: Set<String> = ["yes", "no", "y", "n", "on", "off", "true", "false", "null", "nan", "inf"]

    private static func isLetter(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default: result += isWritable(scalar) ? String(scalar) : escape(scalar)
            }
        }
        return result + "\""
    }

    /// What may stand in a YAML text as it is (YAML 1.2 §5.1) and can be seen.
    private static func isWritable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xFFFE...0xFFFF: false
        default: !InertText.isActive(scalar)
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let (letter, width) = scalar.value <= 0xFF ? ("x", 2) : scalar.value <= 0xFFFF ? ("u", 4) : ("U", 8)
        return "\\" + letter + String(repeating: "0", count: width - digits.count) + digits
    }
}
