import ReeveJSON
import ReeveModel
import ReeveTestSupport
import ReeveWire
import Testing

@Suite struct EnvelopeTests {
    private func request(_ text: String) throws(Rejection) -> Request {
        do { return try Request(try JSONDocument(Array(text.utf8)).root) } catch let error as Rejection { throw error } catch {
            throw Rejection(form: .relaxed, id: nil, error: ReeveError(.parseError, "\(error)"))
        }
    }

    @Test func `the relaxed form needs nothing but a method`() throws {
        let request = try request(#"{"method":"queue.pause"}"#)
        #expect(request.form == .relaxed && request.id == nil && !request.isNotification)
        #expect(String(decoding: Response.result(Array("{}".utf8), form: .relaxed, id: nil), as: UTF8.self) == #"{"result":{}}"#)
    }

    @Test func `the strict form is JSON-RPC to the letter`() throws {
        let request = try request(#"{"jsonrpc":"2.0","method":"x","id":"a\u0062"}"#)
        #expect(request.form == .strict && !request.isNotification)
        let answer = Response.result(Array("1".utf8), form: .strict, id: request.id)
        #expect(String(decoding: answer, as: UTF8.self) == #"{"jsonrpc":"2.0","id":"a\u0062","result":1}"#)
        #expect(try self.request(#"{"jsonrpc":"2.0","method":"x"}"#).isNotification)
        let error = Response.error(ReeveError(.parseError, "no"), form: .strict, id: nil)
        #expect(String(decoding: error, as: UTF8.self).contains(#""id":null"#))
    }

    @Test(arguments: [
        ("1", "$"), (#"{"id":1}"#, "$.method"), (#"{"method":1}"#, "$.method"), (#"{"method":"x","params":1}"#, "$.params"),
        (#"{"method":"x","id":{}}"#, "$.id"), (#"{"method":"x","jsonrpc":"1.0"}"#, "$.jsonrpc"),
        (#"{"method":"x","parms":{}}"#, "$.parms"),
        (#"{"method":"x","method":"y"}"#, "$.method"),
    ])
    func `what is no request says where, and what would be one`(text: String, path: String) {
        let rejection = #expect(throws: Rejection.self) { try request(text) }
        #expect(rejection?.error.kind == .invalidRequest)
        #expect(rejection?.error.path ?? "$" == path && rejection?.error.hint != nil)
    }

    @Test(arguments: [
        (#"{}"#, "$.title"), (#"{"title":1}"#, "$.title"), (#"{"title":""}"#, "$.title"), (#"{"title":"a\nb"}"#, "$.title"),
        (#"{"title":"a\u0000"}"#, "$.title"), (#"{"title":"x","priority":"P9"}"#, "$.priority"),
        (#"{"title":"x","after":["a","../b"]}"#, "$.after[1]"),
        (#"{"title":"x","after":[1]}"#, "$.after[0]"), (#"{"title":"x","id":"a/b"}"#, "$.id"),
        (#"{"title":"x","project":"rel"}"#, "$.project"),
        (#"{"title":"x","titel":"y"}"#, "$.titel"), (#"{"title":"x","title":"y"}"#, "$.title"), (#"[1]"#, "$"),
        (#"{"title":null}"#, "$.title"),
    ])
    func `wrong parameters say where, and what would be right`(params: String, path: String) throws {
        let request = try request(#"{"method":"ticket.create","params":"# + params + "}")
        let error = #expect(throws: ReeveError.self) { try request.decode(TicketCreate.Params.self) }
        #expect(error?.kind == .invalidParams)
        #expect(error?.path == path && error?.hint != nil)
    }

    @Test func `an unknown member gets the nearest known one as hint`() throws {
        let request = try request(#"{"method":"ticket.create","params":{"title":"x","priorty":"P1"}}"#)
        let error = #expect(throws: ReeveError.self) { try request.decode(TicketCreate.Params.self) }
        #expect(error?.hint == "did you mean priority?")
    }

    @Test func `absent parameters are an empty object, and a missing member is still missed`() throws {
        #expect(throws: Never.self) { try request(#"{"method":"x"}"#).decode(TicketList.Params.self) }
        #expect(throws: ReeveError.self) { try request(#"{"method":"x"}"#).decode(TicketReference.self) }
    }

    @Test func `null is not sent, and shapes are written in the order of their fields`() {
        let shape = TicketShape(
            Ticket(id: Samples.id("T"), sequence: 1, title: "t", agent: "a", createdAt: Timestamp(milliseconds: 0)))
        let text = String(decoding: shape.json, as: UTF8.self)
        #expect(
            text
                == #"{"id":"T","title":"t","type":"TASK","agent":"a","priority":"P2","state":"queued","createdAt":"1970-01-01T00:00:00.000Z","attempts":0}"#
        )
    }

    /// What a client decodes is what a server has encoded.
    @Test func `results survive the way over the wire`() throws {
        var status = SystemStatus.Result()
        status.version = "1"
        status.counts.lost = 3
        var backend = BackendShape()
        backend.name = "tmux"
        backend.detail = "a \"b\""
        status.backends = [backend]
        status.cursor = 1 << 40
        let back = try SystemStatus.Result(reading: try JSONDocument(status.json).root)
        #expect(back.json == status.json)
    }

    @Test func `the OpenRPC document is JSON and lists every method with its members`() throws {
        let document = try JSONDocument(OpenRPC.document(version: "1").json).root
        let methods = try #require(document.member("methods")).items
        #expect(methods.count == MethodCatalog.all.count)
        let names = methods.compactMap { $0.member("name")?.string }
        #expect(Set(names).count == names.count)
        let create = try #require(methods.first { $0.member("name")?.string == "ticket.create" })
        #expect(create.member("params")?.items.compactMap { $0.member("name")?.string }.contains("idempotencyKey") == true)
        #expect(document.member("components")?.member("schemas")?.member("AgentShape") != nil)
    }

    @Test func `every event's data is JSON`() throws {
        let nasty = Ticket(
            id: Samples.id("T"), sequence: 1, title: "\u{1B}[31m\"\\ \u{7F}", agent: "a", createdAt: Timestamp(milliseconds: 0))
        for payload in [EventPayload.ticketCreated(nasty), .queuePaused, .backendDown(name: "tmux", detail: "\n")] {
            #expect(throws: Never.self) { try JSONDocument(Array(EventData.json(payload).utf8)) }
        }
    }
}
