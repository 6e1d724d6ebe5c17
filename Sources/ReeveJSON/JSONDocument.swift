package import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// One JSON text, checked once and indexed: a flat list of tokens over its bytes.
///
/// Own code and not Foundation's because this is the product's wire: measured, decoding and encoding with Foundation cost 6–9 µs of a
/// request's 10; it accepts UTF-16 and duplicate members, and a generic recursive value type took 0.9 s for 1 KB of `[[[…`.
/// The scan is iterative and linear, so depth and size cost what their bytes cost.
package struct JSONDocument: Sendable {
    package enum Kind: UInt8, Sendable { case object, array, string, number, literalTrue, literalFalse, literalNull }

    struct Token: Sendable {
        var kind: Kind
        /// Strings only: contains a backslash.
        var escaped: Bool
        /// Byte range: of a container with its brackets, of a string without its quotes.
        var start: Int32
        var end: Int32
        /// Index of the token after this one and all it contains; while a container is being scanned, the index of the one around it.
        var next: Int32
        /// Members or items; a member is a key token and its value.
        var count: Int32
    }

    /// What is wrong with a text, and at which byte.
    package struct Fault: Error, Sendable, Hashable {
        package var reason: String
        package var offset: Int
    }

    package static let deepest = 64

    package let bytes: [UInt8]
    let tokens: [Token]

    /// Checks a whole text. Throws `parse_error` with the byte offset.
    ///
    /// - Parameter allowsLoneSurrogates: for what other programs have written: JavaScript writes half a character as an escape where a text
    ///   was cut there. It is read as U+FFFD.
    package init(_ bytes: [UInt8], allowsLoneSurrogates: Bool = false) throws(ReeveError) {
        do throws(Fault) { try self.init(scanning: bytes, allowsLoneSurrogates: allowsLoneSurrogates) } catch {
            throw ReeveError(.parseError, "\(error.reason) at byte \(error.offset)", hint: "one JSON text per line, in UTF-8")
        }
    }

    /// The same for texts of files, whose faults are told by line and column.
    package init(scanning bytes: [UInt8], allowsLoneSurrogates: Bool = false) throws(Fault) {
        var scanner = JSONScanner(allowsLoneSurrogates: allowsLoneSurrogates)
        tokens = try bytes.withUnsafeBufferPointer { (buffer) throws(Fault) in try scanner.scan(buffer) }
        self.bytes = bytes
    }

    package var root: JSONView { JSONView(document: self, index: 0) }
}

/// A place in a document.
package struct JSONView: Sendable {
    package let document: JSONDocument
    let index: Int

    private var token: JSONDocument.Token { document.tokens[index] }
    package var kind: JSONDocument.Kind { token.kind }
    package var count: Int { Int(token.count) }

    /// Where it is in the text: a container with its brackets, a string with its quotes.
    package var range: Range<Int> {
        let quote: Int32 = kind == .string ? 1 : 0
        return Int(token.start - quote)..<Int(token.end + quote)
    }

    /// The bytes as they were sent: numbers and ids are echoed from these.
    package var raw: ArraySlice<UInt8> { document.bytes[range] }

    /// The members in the order of the text.
    package var members: Members { Members(document: document, at: index + 1, left: count) }

    /// Walks the members without an array of them: every request has some.
    package struct Members: Sequence, IteratorProtocol {
        let document: JSONDocument
        var at: Int
        var left: Int

        package mutating func next() -> (key: JSONView, value: JSONView)? {
            guard left > 0 else { return nil }
            left -= 1
            let key = at
            at = Int(document.tokens[key + 1].next)
            return (JSONView(document: document, index: key), JSONView(document: document, index: key + 1))
        }
    }

    package var items: [JSONView] {
        var result: [JSONView] = []
        result.reserveCapacity(count)
        var at = index + 1
        for _ in 0..<count {
            result.append(JSONView(document: document, index: at))
            at = Int(document.tokens[at].next)
        }
        return result
    }

    /// The first member of this name.
    package func member(_ name: String) -> JSONView? {
        guard kind == .object else { return nil }
        var at = index + 1
        for _ in 0..<count {
            let key = JSONView(document: document, index: at)
            if key.equals(name) { return JSONView(document: document, index: at + 1) }
            at = Int(document.tokens[at + 1].next)
        }
        return nil
    }

    /// Compares a string token without decoding it where it holds no escapes.
    package func equals(_ text: String) -> Bool {
        guard kind == .string else { return false }
        // By bytes here too: to Swift's `==` the Kelvin sign is a K.
        if token.escaped { return string.map { $0.utf8.elementsEqual(text.utf8) } ?? false }
        let start = Int(token.start)
        guard Int(token.end) - start == text.utf8.count else { return false }
        // Compared in place: the general comparison of a slice with a string's view took 2 % of a request.
        return document.bytes.withUnsafeBufferPointer { bytes in
            text.utf8.withContiguousStorageIfAvailable { word in
                guard let base = bytes.baseAddress, let wordBase = word.baseAddress else { return word.isEmpty }
                return memcmp(base + start, wordBase, word.count) == 0
            }
        } ?? document.bytes[start..<Int(token.end)].elementsEqual(text.utf8)
    }

    /// The text of a string token, escapes resolved; nil for other kinds.
    package var string: String? {
        guard kind == .string else { return nil }
        let slice = document.bytes[Int(token.start)..<Int(token.end)]
        return token.escaped ? JSONScanner.unescape(slice) : String(decoding: slice, as: UTF8.self)
    }

    /// The value of a number that is written as an integer and fits 64 bits. `1.0` and `1e3` are not integers here.
    package var integer: Int64? {
        guard kind == .number else { return nil }
        return Int64(String(decoding: raw, as: UTF8.self))
    }

    package var boolean: Bool? {
        switch kind {
        case .literalTrue: true
        case .literalFalse: false
        default: nil
        }
    }

    /// The word for this kind in messages.
    package var kindName: String {
        switch kind {
        case .object: "an object"
        case .array: "an array"
        case .string: "a string"
        case .number: "a number"
        case .literalTrue, .literalFalse: "a boolean"
        case .literalNull: "null"
        }
    }
}
