import ReeveJSON
import ReeveModel

/// One line from cmux's socket, as it came.
package enum CmuxAnswer: Sendable {
    /// The answer to a v2 request.
    case result(id: Int, CmuxResult)
    case failure(id: Int, CmuxFailure)
    /// Said instead of an answer: cmux keeps us out, and closes.
    case refusal(CmuxRefusal)
    /// Nothing that we know. An answer without our number, or with somebody else's, must not be taken for one of ours.
    case stray

    package static func reading(_ line: [UInt8]) -> CmuxAnswer {
        guard let document = try? JSONDocument(line, allowsLoneSurrogates: true) else {
            let text = String(decoding: line.prefix(1000), as: UTF8.self)
            guard text.hasPrefix("ERROR") else { return .stray }
            return CmuxRefusal.reading(text).map { .refusal($0) } ?? .stray
        }
        let root = document.root
        let failure = CmuxFailure(reading: root.member("error"))
        guard let id = number(root.member("id")) else {
            // Before it has read a request cmux has no number to give back.
            guard let failure, let refusal = CmuxRefusal.reading(failure.code + ": " + failure.message) else { return .stray }
            return .refusal(refusal)
        }
        if root.member("ok")?.boolean == true { return .result(id: id, CmuxResult(root.member("result"))) }
        return .failure(id: id, failure ?? CmuxFailure(code: "malformed", message: "an answer without result and without error"))
    }

    /// cmux gives an id back as it got it; some forks make a text of it.
    private static func number(_ view: JSONView?) -> Int? {
        guard let view else { return nil }
        if let integer = view.integer { return Int(exactly: integer) }
        return view.string.flatMap { Int($0) }
    }
}

extension CmuxFailure {
    /// Nil where there is no error member at all.
    init?(reading view: JSONView?) {
        guard let view, view.kind != .literalNull else { return nil }
        code = view.member("code")?.string ?? "error"
        message = view.member("message")?.string ?? view.string ?? ""
    }
}

/// What a request got: an object, or nothing.
package struct CmuxResult: Sendable {
    private let view: JSONView?

    init(_ view: JSONView?) { self.view = view?.kind == .object ? view : nil }

    static let empty = CmuxResult(nil)

    /// A JSON text; nil for what is none, or no object.
    init?(text: String) {
        guard let document = try? JSONDocument(Array(text.utf8), allowsLoneSurrogates: true), document.root.kind == .object else {
            return nil
        }
        view = document.root
    }

    /// The text of a screen that did not come as JSON.
    init(screen: String) {
        var writer = JSONWriter(capacity: screen.utf8.count + 32)
        writer.beginObject()
        writer.key("text")
        writer.value(screen)
        writer.endObject()
        view = try? JSONDocument(writer.bytes).root
    }

    func member(_ name: String) -> JSONView? { view?.member(name) }

    /// A text that is not empty.
    func text(_ name: String) -> String? { member(name)?.string.flatMap { $0.isEmpty ? nil : $0 } }

    func rows(_ name: String) -> [JSONView] {
        guard let list = member(name), list.kind == .array else { return [] }
        return list.items.filter { $0.kind == .object }
    }
}
