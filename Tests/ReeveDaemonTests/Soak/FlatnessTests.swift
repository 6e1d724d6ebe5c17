import Testing

/// The judge of a soak: what it calls growth and what not.
@Suite struct FlatnessTests {
    private func flatness(_ values: [Double], share: Double = 0, amount: Double = 2) -> Flatness? {
        Flatness(values.enumerated().map { (Double($0.offset) * 10, $0.element) }, .init(share: share, amount: amount))
    }

    @Test func `what stays is flat, also with an outlier and after a warm-up`() throws {
        let noisy = try #require(flatness([1, 5, 9, 10, 11, 10, 90, 10, 11, 10, 12, 11]))
        #expect(!noisy.grows && noisy.first == 10 && noisy.last == 11)
    }

    @Test func `a slow leak grows, and its slope is per hour`() throws {
        let leak = try #require(flatness((0..<24).map { 100 + Double($0) }))
        #expect(leak.grows && leak.last - leak.first == 12 && abs(leak.slope - 360) < 0.001)
    }

    @Test func `what falls is flat`() throws {
        let falling = try #require(flatness((0..<24).map { 100 - Double($0) }))
        #expect(!falling.grows && falling.slope < 0)
    }

    @Test func `the tolerance is share and amount together`() throws {
        let values = (0..<24).map { $0 < 12 ? 100.0 : 111 }
        #expect(try #require(flatness(values, share: 0.1, amount: 0.5)).grows)
        #expect(try !#require(flatness(values, share: 0.1, amount: 1)).grows)
    }

    @Test func `too few samples are no verdict`() {
        #expect(flatness([1, 2]) == nil && flatness([]) == nil)
    }
}
