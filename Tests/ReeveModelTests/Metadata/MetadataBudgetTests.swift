import ReeveModel
import Testing

@Suite struct MetadataBudgetTests {
    @Test func `twenty changes at once, then one a second`() throws {
        var budget = MetadataBudget()
        for _ in 0..<20 { try budget.spend(isNotice: false, at: .seconds(100)) }
        let error = #expect(throws: ReeveError.self) { try budget.spend(isNotice: false, at: .seconds(100)) }
        #expect(error?.kind == .busy && error?.hint?.contains("1 s") == true)
        #expect(throws: ReeveError.self) { try budget.spend(isNotice: false, at: .milliseconds(100_999)) }
        try budget.spend(isNotice: false, at: .seconds(101))
        #expect(throws: ReeveError.self) { try budget.spend(isNotice: false, at: .seconds(101)) }
    }

    @Test func `five notifications at once, then one every ten seconds`() throws {
        var budget = MetadataBudget()
        for _ in 0..<5 { try budget.spend(isNotice: true, at: .seconds(1)) }
        #expect(throws: ReeveError.self) { try budget.spend(isNotice: true, at: .seconds(10)) }
        try budget.spend(isNotice: true, at: .seconds(11))
        #expect(throws: ReeveError.self) { try budget.spend(isNotice: true, at: .seconds(20)) }
        try budget.spend(isNotice: false, at: .seconds(20))
    }

    @Test func `a loop of a day writes no more than the seconds of it`() {
        var budget = MetadataBudget()
        var written = 0
        for tenth in 0..<36_000 where (try? budget.spend(isNotice: false, at: .milliseconds(tenth * 100))) != nil { written += 1 }
        #expect((3600...3620).contains(written))
    }

    @Test func `a budget fills up again and is then forgotten`() throws {
        var budget = MetadataBudget()
        let atFirst = budget.isFull(at: .seconds(5))
        for _ in 0..<20 { try budget.spend(isNotice: false, at: .seconds(5)) }
        let early = budget.isFull(at: .seconds(24))
        let late = budget.isFull(at: .seconds(25))
        #expect(atFirst && !early && late)
    }

    @Test func `a refusal says how long to wait`() throws {
        var bucket = MetadataBudget.Bucket(size: 1, interval: .seconds(10))
        let waits = [bucket.take(at: .seconds(3)), bucket.take(at: .seconds(7)), bucket.take(at: .seconds(13))]
        #expect(waits == [nil, .seconds(6), nil])
    }
}
