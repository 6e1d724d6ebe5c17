package import ReeveJSON
package import ReeveModel

/// Answers and notifications as bytes, without their newline.
package enum Response {
    /// The answer to a request, from the JSON of its result.
    package static func result(_ json: [UInt8], form: Request.Form, id: ArraySlice<UInt8>?) -> [UInt8] {
        var writer = JSONWriter(capacity: json.count + 64)
        write(result: json, form: form, id: id, to: &writer)
        return writer.bytes
    }

    /// The same, after what is there already.
    package static func write(
        result json: [UInt8], form: Request.Form, id: ArraySlice<UInt8>?, to writer: inout JSONWriter
    ) {
        begin(form, id, &writer)
        writer.key("result")
        writer.raw(json)
        writer.endObject()
    }

    /// An error's answer. A strict answer to something without a readable id carries `"id":null`, as JSON-RPC has it.
    package static func error(_ error: ReeveError, form: Request.Form, id: ArraySlice<UInt8>?) -> [UInt8] {
        var writer = JSONWriter()
        begin(form, id ?? (form == .strict ? Array("null".utf8)[...] : nil), &writer)
        writer.key("error")
        writer.raw(json(of: error))
        writer.endObject()
        return writer.bytes
    }

    package static func json(of error: ReeveError) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("code")
        writer.value(Int64(error.kind.code))
        writer.key("message")
        writer.value(error.message)
        writer.key("data")
        writer.beginObject()
        writer.key("kind")
        writer.value(error.kind.rawValue)
        for (name, text) in [("path", error.path), ("hint", error.hint)] {
            guard let text else { continue }
            writer.key(name)
            writer.value(text)
        }
        if let oldest = error.oldest {
            writer.key("oldest")
            writer.value(oldest)
        }
        writer.endObject()
        writer.endObject()
        return writer.bytes
    }

    /// A message from the server that answers nothing.
    package static func notification(_ method: String, params: [UInt8], form: Request.Form) -> [UInt8] {
        var writer = JSONWriter(capacity: params.count + 64)
        begin(form, nil, &writer)
        writer.key("method")
        writer.value(method)
        writer.key("params")
        writer.raw(params)
        writer.endObject()
        return writer.bytes
    }

    /// An event's params. Its data is JSON already.
    package static func params(of event: StoredEvent) -> [UInt8] {
        var writer = JSONWriter(capacity: event.data.utf8.count + 128)
        writer.beginObject()
        writer.key("seq")
        writer.value(event.seq)
        writer.key("time")
        writer.value(event.time.rfc3339)
        writer.key("kind")
        writer.value(event.kind)
        if let ticket = event.ticket {
            writer.key("ticket")
            writer.value(ticket.text)
        }
        writer.key("data")
        writer.raw(event.data.utf8)
        writer.endObject()
        return writer.bytes
    }

    /// The error in an answer's `error` member.
    package static func readError(_ view: JSONView) -> ReeveError {
        let data = view.member("data")
        return ReeveError(
            ReeveError.Kind(rawValue: data?.member("kind")?.string ?? "internal"), view.member("message")?.string ?? "",
            hint: data?.member("hint")?.string, path: data?.member("path")?.string, oldest: data?.member("oldest")?.integer)
    }

    private static func begin(_ form: Request.Form, _ id: ArraySlice<UInt8>?, _ writer: inout JSONWriter) {
        writer.beginObject()
        if form == .strict {
            writer.key("jsonrpc")
            writer.value("2.0")
        }
        if let id {
            writer.key("id")
            writer.raw(id)
        }
    }
}
