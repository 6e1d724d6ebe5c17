/// A look at the outline of a text that should be one JSON object: where its members are, not what they say.
///
/// It does not check JSON; whoever takes the envelope does. It makes sure of one thing: that the text is a single object from its first to
/// its last byte, as far as quotes and brackets say, so that put into another text it cannot end early and add members of its own.
enum EventScan {
    /// Members of the object itself whose values are longer are left out of a shortened event.
    static let longestValue = 1024

    /// The range of the object without the space around it; nil when the text is anything else.
    static func object(_ text: UnsafeRawBufferPointer) -> Range<Int>? {
        guard let start = firstNonSpace(text, from: 0), text[start] == UInt8(ascii: "{") else { return nil }
        var depth = 0
        var at = start
        while at < text.count {
            switch text[at] {
            case UInt8(ascii: "\""):
                guard let end = endOfString(text, at) else { return nil }
                at = end
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
                if depth == 0 {
                    guard text[at] == UInt8(ascii: "}"), firstNonSpace(text, from: at + 1) == nil else { return nil }
                    return start..<(at + 1)
                }
            default: break
            }
            at += 1
        }
        return nil
    }

    /// The members with short and simple values (texts, numbers, words) of an object that may be cut off, in their order, each written as
    /// it was. What an agent says of an event's kind, session and tool is there; what a tool has answered is not.
    static func shortMembers(_ text: UnsafeRawBufferPointer) -> [Range<Int>] {
        guard let start = firstNonSpace(text, from: 0), text[start] == UInt8(ascii: "{") else { return [] }
        var found: [Range<Int>] = []
        var at = start + 1
        while let name = firstNonSpace(text, from: at), text[name] == UInt8(ascii: "\"") {
            guard let nameEnd = endOfString(text, name), let colon = firstNonSpace(text, from: nameEnd),
                text[colon] == UInt8(ascii: ":"),
                let value = firstNonSpace(text, from: colon + 1), let end = endOfValue(text, value)
            else { break }
            let isSimple = text[value] != UInt8(ascii: "{") && text[value] != UInt8(ascii: "[")
            if isSimple, end > value, end - value <= longestValue, nameEnd - name <= longestValue { found.append(name..<end) }
            guard let comma = firstNonSpace(text, from: end), text[comma] == UInt8(ascii: ",") else { break }
            at = comma + 1
        }
        return found
    }

    private static func endOfValue(_ text: UnsafeRawBufferPointer, _ start: Int) -> Int? {
        var depth = 0
        var at = start
        while at < text.count {
            switch text[at] {
            case UInt8(ascii: "\""):
                guard let end = endOfString(text, at) else { return nil }
                at = end
                if depth == 0 { return at }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return at }
                depth -= 1
                if depth == 0 { return at + 1 }
            case UInt8(ascii: ","), UInt8(ascii: ":"), 0x20, 0x09, 0x0A, 0x0D: if depth == 0 { return at }
            default: break
            }
            at += 1
        }
        return nil
    }

    /// Behind the closing quote.
    private static func endOfString(_ text: UnsafeRawBufferPointer, _ start: Int) -> Int? {
        var at = start + 1
        while at < text.count {
            switch text[at] {
            case UInt8(ascii: "\\"): at += 2
            case UInt8(ascii: "\""): return at + 1
            default: at += 1
            }
        }
        return nil
    }

    private static func firstNonSpace(_ text: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var at = start
        while at < text.count {
            switch text[at] {
            case 0x20, 0x09, 0x0A, 0x0D: at += 1
            default: return at
            }
        }
        return nil
    }
}
