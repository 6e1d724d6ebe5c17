package import ReeveJSON
package import ReeveModel

/// A notice as JSON: what a webhook gets as its body and a command on its standard input.
extension Notice {
    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        func text(_ name: String, _ value: String) {
            writer.key(name)
            writer.value(value)
        }
        text("key", key)
        text("kind", kind.rawValue)
        if let ticket { text("ticket", ticket.text) }
        text("urgency", urgency.rawValue)
        text("title", title)
        text("body", body)
        writer.key("seq")
        writer.value(seq)
        text("time", time.rfc3339)
        if !tallies.isEmpty {
            writer.key("tallies")
            writer.beginArray()
            for tally in tallies {
                writer.beginObject()
                text("kind", tally.kind.rawValue)
                writer.key("count")
                writer.value(Int64(tally.count))
                writer.key("names")
                writer.beginArray()
                for name in tally.names { writer.value(name) }
                writer.endArray()
                writer.endObject()
            }
            writer.endArray()
        }
        writer.endObject()
    }

    package var json: [UInt8] {
        var writer = JSONWriter()
        write(to: &writer)
        return writer.bytes
    }

    /// Reads what `write` wrote; nil for anything else.
    package init?(_ view: JSONView) {
        guard let key = view.member("key")?.string, let kind = view.member("kind")?.string.flatMap(NoticeKind.init(rawValue:)),
            let urgency = view.member("urgency")?.string.flatMap(NoticeUrgency.init(rawValue:)),
            let title = view.member("title")?.string, let body = view.member("body")?.string,
            let seq = view.member("seq")?.integer, let time = view.member("time")?.string.flatMap(Timestamp.init(rfc3339:))
        else { return nil }
        let tallies = view.member("tallies")?.items.compactMap { item -> Tally? in
            guard let kind = item.member("kind")?.string.flatMap(NoticeKind.init(rawValue:)),
                let count = item.member("count")?.integer, let names = item.member("names")
            else { return nil }
            return Tally(kind: kind, count: Int(clamping: count), names: names.items.compactMap(\.string))
        }
        self.init(
            key: key, seq: seq, time: time, kind: kind, ticket: view.member("ticket")?.string.flatMap { TicketID($0) },
            urgency: urgency, title: title, body: body, tallies: tallies ?? [])
    }
}
