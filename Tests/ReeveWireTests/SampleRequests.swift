import ReeveJSON
import ReeveModel
import ReeveWire

/// A valid request of every method, with all of its params, made from what the catalog says of them.
enum SampleRequests {
    struct NoSample: Error { let method, reason: String }

    static func line(of method: MethodDescription) throws -> String {
        var values: [String: String] = [:]
        for member in method.params { values[member.name] = candidates(member.schema)[0] }
        for _ in 0..<100 {
            let line = text(method, values)
            let request = try Request(JSONDocument(Array(line.utf8)).root)
            do throws(ReeveError) {
                _ = try method.understood(request)
                return line
            } catch {
                // The path begins `$.member`: the next candidate for that one.
                let name = String((error.path ?? "").dropFirst(2).prefix { $0 != "." && $0 != "[" })
                guard let member = method.params.first(where: { $0.name == name }),
                    let used = candidates(member.schema).firstIndex(of: values[name] ?? ""),
                    used + 1 < candidates(member.schema).count
                else { throw NoSample(method: method.name, reason: "\(error.path ?? ""): \(error.message)") }
                values[name] = candidates(member.schema)[used + 1]
            }
        }
        throw NoSample(method: method.name, reason: "no value fits")
    }

    private static func text(_ method: MethodDescription, _ values: [String: String]) -> String {
        let params = method.params.map { "\"\($0.name)\":\(values[$0.name] ?? "")" }.joined(separator: ",")
        return #"{"jsonrpc":"2.0","id":"\u00e9","method":"\#(method.name)","params":{\#(params)}}"#
    }

    private static func candidates(_ schema: Schema) -> [String] {
        switch schema {
        case .string: ["\"a\"", "\"/a\"", "\"1\"", "\"Enter\"", "\"done\"", "\"aaaaaaaaaaaa\""]
        case .number: ["0.5"]
        case .integer: ["1", "20", "200", "2000"]
        case .boolean: ["true"]
        case .oneOf(let words): words.map { "\"\($0)\"" }
        case .array(let element): candidates(element).map { "[\($0)]" }
        case .map(let value): candidates(value).map { "{\"A\":\($0)}" }
        case .object:
            [
                "{}", #"{"pid":1,"start":"1"}"#, #"{"width":200,"height":50,"panes":[]}"#, #"{"kind":"arrange"}"#,
                #"{"session":"a","pane":"%1","createdAt":"2026-01-01T00:00:00Z"}"#, #"{"server":"/a","pane":"%1"}"#,
            ]
        case .anything: ["{}"]
        }
    }
}
