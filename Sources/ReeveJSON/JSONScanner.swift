/// Checks and indexes a JSON text (RFC 8259) in one pass without recursion: UTF-8, grammar, depth, escapes, surrogates.
struct JSONScanner {
    typealias Fault = JSONDocument.Fault

    /// What may come next.
    private enum Expectation { case value, keyOrEnd, key, colon, commaOrEnd, valueOrEnd, end }

    private let allowsLoneSurrogates: Bool
    private var tokens: [JSONDocument.Token] = []
    /// The innermost container that is open, -1 outside; each knows the one around it until it is closed.
    private var open = -1
    private var depth = 0

    init(allowsLoneSurrogates: Bool) { self.allowsLoneSurrogates = allowsLoneSurrogates }

    mutating func scan(_ text: UnsafeBufferPointer<UInt8>) throws(Fault) -> [JSONDocument.Token] {
        tokens.reserveCapacity(min(64, text.count / 4 + 1))
        var at = 0
        var expects = Expectation.value
        if text.count >= 3, text[0] == 0xEF, text[1] == 0xBB, text[2] == 0xBF {
            throw Fault(reason: "a byte order mark", offset: 0)
        }
        while true {
            while at < text.count, Self.isSpace(text[at]) { at += 1 }
            guard at < text.count else { break }
            let byte = text[at]
            switch expects {
            case .end: throw Fault(reason: "text after the end", offset: at)
            case .colon:
                guard byte == UInt8(ascii: ":") else { throw Fault(reason: "a colon is missing", offset: at) }
                at += 1
                expects = .value
            case .keyOrEnd where byte == UInt8(ascii: "}"), .commaOrEnd where byte == UInt8(ascii: "}") && isInObject:
                at += 1
                expects = close(at)
            case .valueOrEnd where byte == UInt8(ascii: "]"), .commaOrEnd where byte == UInt8(ascii: "]") && !isInObject:
                at += 1
                expects = close(at)
            case .key, .keyOrEnd:
                guard byte == UInt8(ascii: "\"") else { throw Fault(reason: "a member name is missing", offset: at) }
                try string(text, &at)
                expects = .colon
            case .commaOrEnd:
                guard byte == UInt8(ascii: ",") else { throw Fault(reason: "a comma is missing", offset: at) }
                at += 1
                expects = isInObject ? .key : .value
            case .value, .valueOrEnd:
                if open >= 0 { tokens[open].count += 1 }
                switch byte {
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    guard depth < JSONDocument.deepest else {
                        throw Fault(reason: "nested deeper than \(JSONDocument.deepest)", offset: at)
                    }
                    let isObject = byte == UInt8(ascii: "{")
                    append(isObject ? .object : .array, at, at)
                    tokens[tokens.count - 1].next = Int32(open)
                    open = tokens.count - 1
                    depth += 1
                    at += 1
                    expects = isObject ? .keyOrEnd : .valueOrEnd
                    continue
                case UInt8(ascii: "\""): try string(text, &at)
                case UInt8(ascii: "t"): try word("true", .literalTrue, text, &at)
                case UInt8(ascii: "f"): try word("false", .literalFalse, text, &at)
                case UInt8(ascii: "n"): try word("null", .literalNull, text, &at)
                default: try number(text, &at)
                }
                expects = open < 0 ? .end : .commaOrEnd
            }
        }
        guard expects == .end else { throw Fault(reason: "the text ends too early", offset: at) }
        return tokens
    }

    private var isInObject: Bool { open >= 0 && tokens[open].kind == .object }

    private mutating func close(_ end: Int) -> Expectation {
        if open >= 0 {
            let around = Int(tokens[open].next)
            tokens[open].end = Int32(end)
            tokens[open].next = Int32(tokens.count)
            open = around
            depth -= 1
        }
        return open < 0 ? .end : .commaOrEnd
    }

    private mutating func append(_ kind: JSONDocument.Kind, _ start: Int, _ end: Int, escaped: Bool = false) {
        tokens.append(
            JSONDocument.Token(
                kind: kind, escaped: escaped, start: Int32(start), end: Int32(end), next: Int32(tokens.count + 1), count: 0))
    }

    private mutating func word(
        _ expected: StaticString, _ kind: JSONDocument.Kind, _ text: UnsafeBufferPointer<UInt8>, _ at: inout Int
    ) throws(Fault) {
        let end = at + expected.utf8CodeUnitCount
        guard end <= text.count, (0..<expected.utf8CodeUnitCount).allSatisfy({ text[at + $0] == expected.utf8Start[$0] }) else {
            throw Fault(reason: "an unknown word", offset: at)
        }
        append(kind, at, end)
        at = end
    }

    private mutating func number(_ text: UnsafeBufferPointer<UInt8>, _ at: inout Int) throws(Fault) {
        let start = at
        func digits() -> Int {
            let from = at
            while at < text.count, text[at] >= 0x30, text[at] <= 0x39 { at += 1 }
            return at - from
        }
        if at < text.count, text[at] == UInt8(ascii: "-") { at += 1 }
        let leadingZero = at < text.count && text[at] == 0x30
        let whole = digits()
        guard whole > 0 else { throw Fault(reason: "a value is missing", offset: start) }
        guard !leadingZero || whole == 1 else { throw Fault(reason: "a number with a leading zero", offset: start) }
        if at < text.count, text[at] == UInt8(ascii: ".") {
            at += 1
            guard digits() > 0 else { throw Fault(reason: "a number without digits after its point", offset: start) }
        }
        if at < text.count, text[at] == UInt8(ascii: "e") || text[at] == UInt8(ascii: "E") {
            at += 1
            if at < text.count, text[at] == UInt8(ascii: "+") || text[at] == UInt8(ascii: "-") { at += 1 }
            guard digits() > 0 else { throw Fault(reason: "a number without an exponent", offset: start) }
        }
        append(.number, start, at)
    }

    private mutating func string(_ text: UnsafeBufferPointer<UInt8>, _ at: inout Int) throws(Fault) {
        at += 1
        let start = at
        var escaped = false
        while at < text.count {
            let byte = text[at]
            switch byte {
            case UInt8(ascii: "\""):
                append(.string, start, at, escaped: escaped)
                at += 1
                return
            case UInt8(ascii: "\\"):
                escaped = true
                try escape(text, &at)
            case 0..<0x20: throw Fault(reason: "a control character in a string", offset: at)
            case 0x20..<0x80: at += 1
            default:
                let length = UTF8Check.sequenceLength(text, at)
                guard length > 0 else { throw Fault(reason: "not UTF-8", offset: at) }
                at += length
            }
        }
        throw Fault(reason: "a string without an end", offset: start - 1)
    }

    private func escape(_ text: UnsafeBufferPointer<UInt8>, _ at: inout Int) throws(Fault) {
        guard at + 1 < text.count else { throw Fault(reason: "a string without an end", offset: at) }
        switch text[at + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"), UInt8(ascii: "n"),
            UInt8(ascii: "r"), UInt8(ascii: "t"):
            at += 2
        case UInt8(ascii: "u"):
            guard let unit = Self.hex(text, at + 2) else { throw Fault(reason: "a wrong \\u escape", offset: at) }
            if allowsLoneSurrogates {
                at += 6
                return
            }
            if unit & 0xFC00 == 0xDC00 { throw Fault(reason: "a lone surrogate", offset: at) }
            if unit & 0xFC00 == 0xD800 {
                guard at + 7 < text.count, text[at + 6] == UInt8(ascii: "\\"), text[at + 7] == UInt8(ascii: "u"),
                    let low = Self.hex(text, at + 8), low & 0xFC00 == 0xDC00
                else { throw Fault(reason: "a lone surrogate", offset: at) }
                at += 12
            } else {
                at += 6
            }
        default: throw Fault(reason: "an unknown escape", offset: at)
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }

    private static func hex(_ text: UnsafeBufferPointer<UInt8>, _ at: Int) -> UInt32? {
        guard at + 4 <= text.count else { return nil }
        var value: UInt32 = 0
        for offset in 0..<4 {
            guard let digit = hexDigit(text[at + offset]) else { return nil }
            value = value << 4 | digit
        }
        return value
    }

    private static func hexDigit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte - 0x30)
        case 0x41...0x46: UInt32(byte - 0x41 + 10)
        case 0x61...0x66: UInt32(byte - 0x61 + 10)
        default: nil
        }
    }

    /// Resolves the escapes of a string that `scan` has accepted.
    static func unescape(_ bytes: ArraySlice<UInt8>) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var at = bytes.startIndex
        func unit(_ from: Int) -> UInt32 { bytes[from..<(from + 4)].reduce(0) { $0 << 4 | (hexDigit($1) ?? 0) } }
        func lowSurrogate(_ bytes: ArraySlice<UInt8>, _ at: Int) -> UInt32? {
            guard at + 6 <= bytes.endIndex, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u") else {
                return nil
            }
            let low = unit(at + 2)
            return low & 0xFC00 == 0xDC00 ? low : nil
        }
        while at < bytes.endIndex {
            guard bytes[at] == UInt8(ascii: "\\") else {
                out.append(bytes[at])
                at += 1
                continue
            }
            at += 2
            switch bytes[at - 1] {
            case UInt8(ascii: "b"): out.append(8)
            case UInt8(ascii: "f"): out.append(12)
            case UInt8(ascii: "n"): out.append(10)
            case UInt8(ascii: "r"): out.append(13)
            case UInt8(ascii: "t"): out.append(9)
            case UInt8(ascii: "u"):
                var scalar = unit(at)
                at += 4
                if scalar & 0xFC00 == 0xD800, let low = lowSurrogate(bytes, at) {
                    scalar = 0x10000 + ((scalar & 0x3FF) << 10) + (low & 0x3FF)
                    at += 6
                }
                out += Array(String(Unicode.Scalar(scalar) ?? "\u{FFFD}").utf8)
            default: out.append(bytes[at - 1])
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}

enum UTF8Check {
    /// The length of the well-formed multi-byte sequence at `at` (Unicode table 3-7), or 0.
    static func sequenceLength(_ text: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int {
        func tail(_ offset: Int, _ low: UInt8 = 0x80, _ high: UInt8 = 0xBF) -> Bool {
            at + offset < text.count && text[at + offset] >= low && text[at + offset] <= high
        }
        switch text[at] {
        case 0xC2...0xDF: return tail(1) ? 2 : 0
        case 0xE0: return tail(1, 0xA0) && tail(2) ? 3 : 0
        case 0xED: return tail(1, 0x80, 0x9F) && tail(2) ? 3 : 0
        case 0xE1...0xEF: return tail(1) && tail(2) ? 3 : 0
        case 0xF0: return tail(1, 0x90) && tail(2) && tail(3) ? 4 : 0
        case 0xF1...0xF3: return tail(1) && tail(2) && tail(3) ? 4 : 0
        case 0xF4: return tail(1, 0x80, 0x8F) && tail(2) && tail(3) ? 4 : 0
        default: return 0
        }
    }
}
