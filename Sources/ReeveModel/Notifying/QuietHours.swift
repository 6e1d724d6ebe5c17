/// The hours in which nobody is told of anything, by the clock on the wall: `"22:00-07:00"`.
package struct QuietHours: Sendable, Hashable {
    /// Minutes since midnight, the end not in it; one that ends before it begins goes over midnight.
    package struct Span: Sendable, Hashable {
        package var start: Int
        package var end: Int

        package init(start: Int, end: Int) {
            self.start = start
            self.end = end
        }

        func contains(_ minute: Int) -> Bool {
            start < end ? (start..<end).contains(minute) : minute >= start || minute < end
        }
    }

    package var spans: [Span]

    package init(_ spans: [Span] = []) { self.spans = spans }

    /// - Throws: `invalid_params` that names the text.
    package init(parsing texts: [String]) throws(ReeveError) {
        spans = []
        for text in texts { spans.append(try Self.span(text)) }
    }

    private static func span(_ text: String) throws(ReeveError) -> Span {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let start = minute(ends[0]), let end = minute(ends[1]), start < 1440 else {
            throw ReeveError(
                .invalidParams, "'\(InertText.clean(String(text.prefix(32))))' is no span of hours",
                hint: #"for instance "22:00-07:00""#)
        }
        guard start != end else {
            throw ReeveError(
                .invalidParams, "'\(text)' begins when it ends", hint: #"the whole day is "00:00-24:00""#)
        }
        return Span(start: start, end: end)
    }

    /// `07:00` to `24:00`.
    private static func minute(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60, hour < 24 || hour == 24 && minute == 0
        else { return nil }
        return hour * 60 + minute
    }

    /// - Parameter offset: of local time to UTC at that moment, in seconds, east positive.
    package func contains(_ moment: Timestamp, offset: Int) -> Bool {
        guard !spans.isEmpty else { return false }
        let local = moment.milliseconds + Int64(offset) * 1000
        let ofDay = local % 86_400_000
        let minute = Int((ofDay < 0 ? ofDay + 86_400_000 : ofDay) / 60_000)
        return spans.contains { $0.contains(minute) }
    }
}
