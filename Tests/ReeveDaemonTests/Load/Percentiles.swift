/// Order statistics of measured values.
enum Percentiles {
    /// The smallest value that so many percent of them do not exceed; 0 when there are none.
    static func of<Value: Comparable & AdditiveArithmetic>(_ values: [Value], _ percent: Int) -> Value {
        guard !values.isEmpty else { return .zero }
        let rank = (values.count * percent + 99) / 100
        return values.sorted()[max(0, min(values.count, rank) - 1)]
    }
}
