import Foundation
import ReeveJSON
import ReeveModel
import ReeveWire

extension FuzzTarget {
    /// A line from a client: the JSON scanner, the envelope, and the params of every method.
    static let request = FuzzTarget(name: "request", longest: 1024) { input in
        let document: JSONDocument
        do throws(ReeveError) { document = try JSONDocument(input) } catch {
            return isComparable(input) && isAcceptedByFoundation(input)
                ? "refused, and Foundation takes it: \(error.message)" : answerFault(error)
        }
        if !isAcceptedByFoundation(input), !hasWideNumber(document.root) {
            return "taken, and Foundation refuses it"
        }
        if let fault = writtenAgainFault(document.root) { return fault }
        let requests = document.root.kind == .array ? document.root.items : [document.root]
        for view in requests {
            let request: Request
            do throws(Rejection) { request = try Request(view) } catch {
                if let fault = answerFault(error.error, id: error.id) { return fault }
                continue
            }
            for method in MethodCatalog.all {
                if let fault = understandingFault(method, request) { return fault }
            }
        }
        return nil
    }

    /// What was understood is understood again as the same, and an error can be sent.
    static func understandingFault(_ method: MethodDescription, _ request: Request) -> String? {
        let once: [UInt8]
        do throws(ReeveError) { once = try method.understood(request) } catch { return answerFault(error, id: request.id) }
        var again = request
        do throws(ReeveError) {
            again.params = try JSONDocument(once).root
            let twice = try method.understood(again)
            return twice == once ? nil : "\(method.name): \(text(once)) is understood as \(text(twice))"
        } catch {
            return "\(method.name): \(text(once)) is refused: \(error.message)"
        }
    }

    /// An error's answer is one line of JSON with what was to be said.
    static func answerFault(_ error: ReeveError, id: ArraySlice<UInt8>? = nil) -> String? {
        for form in [Request.Form.strict, .relaxed] {
            let answer = Response.error(error, form: form, id: id)
            guard !answer.contains(10), let root = try? JSONDocument(answer).root else { return "no answer: \(text(answer))" }
            guard root.member("error")?.member("data")?.member("kind")?.string == error.kind.rawValue else {
                return "an answer without its kind: \(text(answer))"
            }
        }
        return nil
    }

    /// What the scanner has found, written anew, says the same.
    private static func writtenAgainFault(_ view: JSONView) -> String? {
        var writer = JSONWriter()
        write(view, &writer)
        guard let again = try? JSONDocument(writer.bytes).root else { return "not JSON when written again: \(writer.text)" }
        return again.fingerprint == view.fingerprint ? nil : "another text when written again: \(writer.text)"
    }

    private static func write(_ view: JSONView, _ writer: inout JSONWriter) {
        switch view.kind {
        case .object:
            writer.beginObject()
            for (key, value) in view.members {
                writer.key(key.string ?? "")
                write(value, &writer)
            }
            writer.endObject()
        case .array:
            writer.beginArray()
            for item in view.items { write(item, &writer) }
            writer.endArray()
        case .string: writer.value(view.string ?? "")
        case .number, .literalTrue, .literalFalse, .literalNull: writer.raw(view.raw)
        }
    }

    private static func isAcceptedByFoundation(_ bytes: [UInt8]) -> Bool {
        (try? JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])) != nil
    }

    /// What we refuse Foundation must refuse too, where it means RFC 8259 as we do: it also reads UTF-16 and UTF-32, takes a byte order
    /// mark, goes deeper, and lets a list end on a comma.
    private static func isComparable(_ bytes: [UInt8]) -> Bool {
        let solid = bytes.filter { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        let endsOnComma = zip(solid, solid.dropFirst()).contains { comma, end in
            comma == UInt8(ascii: ",") && (end == UInt8(ascii: "]") || end == UInt8(ascii: "}"))
        }
        return !endsOnComma && !bytes.contains(0) && !bytes.starts(with: [0xEF, 0xBB, 0xBF])
            && depth(bytes) <= JSONDocument.deepest
    }

    /// At least the depth of a JSON text: brackets in strings count too.
    private static func depth(_ bytes: [UInt8]) -> Int {
        var depth = 0
        var deepest = 0
        for byte in bytes {
            if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") { depth += 1 }
            if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") { depth -= 1 }
            deepest = max(deepest, depth)
        }
        return deepest
    }

    /// A number that no machine number holds: JSON to us, an error to Foundation.
    private static func hasWideNumber(_ view: JSONView) -> Bool {
        switch view.kind {
        case .object: view.members.contains { hasWideNumber($0.value) }
        case .array: view.items.contains { hasWideNumber($0) }
        case .number: !(Double(text(Array(view.raw))) ?? .infinity).isFinite || view.raw.count > 15
        case .string, .literalTrue, .literalFalse, .literalNull: false
        }
    }

    static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
