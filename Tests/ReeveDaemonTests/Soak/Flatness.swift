/// Whether a quantity that was measured again and again has grown. Pure.
struct Flatness: Sendable {
    /// The last third may exceed the first by this share of it and this amount together.
    struct Tolerance: Sendable {
        var share: Double
        var amount: Double

        func allowed(over first: Double) -> Double { first * share + amount }
    }

    /// Medians of the thirds, after the warm-up.
    var first: Double
    var last: Double
    /// Growth per hour, by least squares.
    var slope: Double
    var allowed: Double

    var grows: Bool { last - first > allowed }

    /// - Parameters:
    ///   - samples: seconds since the beginning, and the value then, in order.
    ///   - warmUp: the share of the samples at the beginning that do not count.
    /// - Returns: nil when there are too few samples for three thirds.
    init?(_ samples: [(seconds: Double, value: Double)], _ tolerance: Tolerance, warmUp: Double = 0.25) {
        let counted = Array(samples.dropFirst(Int(Double(samples.count) * warmUp)))
        let third = counted.count / 3
        guard third > 0 else { return nil }
        first = Self.median(counted.prefix(third).map(\.value))
        last = Self.median(counted.suffix(third).map(\.value))
        allowed = tolerance.allowed(over: first)
        let n = Double(counted.count)
        let seconds = counted.map(\.seconds).reduce(0, +) / n
        let value = counted.map(\.value).reduce(0, +) / n
        let spread = counted.map { ($0.seconds - seconds) * ($0.seconds - seconds) }.reduce(0, +)
        let product = counted.map { ($0.seconds - seconds) * ($0.value - value) }.reduce(0, +)
        slope = spread > 0 ? product / spread * 3600 : 0
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return sorted.count % 2 == 1 ? sorted[sorted.count / 2] : (sorted[sorted.count / 2 - 1] + sorted[sorted.count / 2]) / 2
    }
}
