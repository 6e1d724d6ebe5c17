import ReeveJSON
import ReeveModel
import ReeveTestSupport
import ReeveWire
import Testing

@Suite struct MetadataWireTests {
    private func read<Params: WireObject>(_ type: Params.Type, _ json: String) throws -> Params {
        try Params(reading: JSONDocument(Array(json.utf8)).root)
    }

    @Test(
        arguments: [
            (#"{"percent":37}"#, MetadataProgress.Amount.percent(37)), (#"{"fraction":0.37}"#, .fraction(3700)),
            (#"{"fraction":1}"#, .fraction(10_000)), (#"{"fraction":3.7e-1}"#, .fraction(3700)),
            (#"{"current":3,"total":8}"#, .steps(3, of: 8)), ("{}", nil), (#"{"percent":1,"fraction":0.01}"#, nil),
            (#"{"percent":1,"current":1,"total":2}"#, nil), (#"{"current":1}"#, nil), (#"{"total":1}"#, nil),
            (#"{"fraction":0.5,"total":2}"#, nil), (#"{"percent":0.75}"#, nil), (#"{"percent":"37"}"#, nil),
            (#"{"percent":101}"#, nil),
            (#"{"fraction":75}"#, nil), (#"{"fraction":-0.1}"#, nil), (#"{"fraction":1e999}"#, nil),
            (#"{"current":-1,"total":2}"#, nil),
            (#"{"current":1,"total":0}"#, nil),
        ] as [(String, MetadataProgress.Amount?)])
    func `a progress is given in one form only`(json: String, amount: MetadataProgress.Amount?) throws {
        let read: MetadataProgress.Amount?
        do throws(ReeveError) {
            read = try MetadataSetProgress.Params(reading: JSONDocument(Array(json.utf8)).root).amount()
        } catch {
            #expect(error.kind == .invalidParams && error.hint != nil)
            read = nil
        }
        #expect(read == amount)
    }

    @Test func `absent members have their defaults, and unknown ones are refused`() throws {
        let params = try read(MetadataSetStatus.Params.self, #"{"ticket":"T","text":"x"}"#)
        #expect(params.tone == "neutral" && params.ttlMs == nil && params.session == nil)
        #expect(throws: ReeveError.self) { try read(MetadataSetStatus.Params.self, #"{"ticket":"T","text":"x","icon":"y"}"#) }
        #expect(throws: ReeveError.self) { try read(MetadataNotify.Params.self, #"{"ticket":"T","body":"x","urgency":"high"}"#) }
    }

    @Test(arguments: [(999, false), (1000, true), (604_800_000, true), (604_800_001, false)])
    func `a time to live is one second to seven days`(milliseconds: Int, isAllowed: Bool) {
        let json = #"{"ticket":"T","text":"x","ttlMs":\#(milliseconds)}"#
        #expect(((try? read(MetadataSetStatus.Params.self, json)) != nil) == isAllowed)
    }

    @Test(arguments: [
        (MetadataNews.Fact.status(MetadataStatus(text: "s", tone: .warn, time: Samples.now)), "metadata.status", "status"),
        (.progress(MetadataProgress(amount: .steps(3, of: 8), time: Samples.now)), "metadata.progress", "progress"),
        (.log(MetadataLine(number: 1, message: "m", time: Samples.now)), "metadata.log", "line"),
        (.notify(MetadataNotice(title: "t", body: "b", urgency: .critical)), "metadata.notify", "urgency"),
        (.cleared([.status], expired: true), "metadata.cleared", "parts"),
    ])
    func `an event tells what has changed, and whose it is`(fact: MetadataNews.Fact, kind: String, member: String) throws {
        let ofTicket = EventPayload.metadata(MetadataNews(.ticket(Samples.id("T")), fact))
        #expect(ofTicket.kind == kind && ofTicket.ticket == Samples.id("T"))
        let ofSession = EventPayload.metadata(
            MetadataNews(.session(Samples.session(), name: Samples.name("build")), fact))
        let data = try JSONDocument(Array(EventData.json(ofSession).utf8)).root
        #expect(data.member(member) != nil && data.member("session")?.string == "build" && ofSession.ticket == nil)
        #expect(EventPayload.allKinds.contains(kind))
    }

    @Test func `an answer gives percent always, and the steps where they were given`() {
        let steps = MetadataProgressShape(MetadataProgress(amount: .steps(3, of: 8), time: Samples.now))
        #expect(steps.percent == 37 && steps.current == 3 && steps.total == 8)
        let fraction = MetadataProgressShape(MetadataProgress(amount: .fraction(3799), time: Samples.now))
        #expect(fraction.percent == 37 && fraction.current == nil)
    }
}
