import ReeveJSON
import ReeveModel
import ReeveWire

extension FuzzTarget {
    /// A ticket from outside, today the params of `ticket.create`: what is taken can be shown on one line, kept, and named in a shell.
    static let ticket = FuzzTarget(name: "ticket", longest: 1024) { input in
        guard let view = try? JSONDocument(input).root else { return nil }
        let params: TicketCreate.Params
        do throws(ReeveError) { params = try TicketCreate.Params(reading: view) } catch { return answerFault(error) }
        if params.title.isEmpty || params.title.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            return "a title that is no line: \(params.title.debugDescription)"
        }
        for name in [params.id, params.agent, params.type].compactMap(\.self) + (params.after ?? []) where !SafeName.isValid(name)
        {
            return "no name: \(name.debugDescription)"
        }
        if params.body?.utf8.contains(0) == true { return "a body that ends before its end" }
        guard let again = try? TicketCreate.Params(reading: JSONDocument(params.json).root) else {
            return "refused when written again: \(text(params.json))"
        }
        return again.json == params.json ? nil : "another ticket when written again: \(text(again.json))"
    }
}
