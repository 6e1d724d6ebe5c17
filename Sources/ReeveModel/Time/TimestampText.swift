extension Timestamp {
    /// RFC 3339 with any offset and any number of decimals; nil for anything else. `2026-05-01T12:00:15+02:00`.
    package init?(rfc3339 text: String) {
        var text = text
        guard let value = text.withUTF8({ Self.parse($0) }) else { return nil }
        self.init(milliseconds: value)
    }

    /// A number that some programs write in seconds and others in milliseconds: what would be before 1973 in milliseconds is seconds.
    package init(epoch value: Int64) {
        self.init(milliseconds: value.magnitude < 100_000_000_000 ? value * 1000 : value)
    }

    private static func parse(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        var at = 0
        func number(_ digits: Int) -> Int64? {
            guard at + digits <= text.count else { return nil }
            var value: Int64 = 0
            for _ in 0..<digits {
                guard (0x30...0x39).contains(text[at]) else { return nil }
                value = value * 10 + Int64(text[at] - 0x30)
                at += 1
            }
            return value
        }
        func skip(_ characters: StaticString) -> Bool {
            guard at < text.count else { return false }
            for index in 0..<characters.utf8CodeUnitCount where text[at] == characters.utf8Start[index] {
                at += 1
                return true
            }
            return false
        }
        guard let year = number(4), skip("-"), let month = number(2), skip("-"), let day = number(2), skip("Tt "),
            let hour = number(2), skip(":"), let minute = number(2), skip(":"), let second = number(2),
            (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 61
        else { return nil }
        var fraction: Int64 = 0
        if skip(".") {
            var scale: Int64 = 100
            let start = at
            while at < text.count, (0x30...0x39).contains(text[at]) {
                fraction += Int64(text[at] - 0x30) * scale
                scale /= 10
                at += 1
            }
            guard at > start else { return nil }
        }
        var offset: Int64 = 0
        if !skip("Zz") {
            let isEast = at < text.count && text[at] == UInt8(ascii: "+")
            guard skip("+-"), let hours = number(2), skip(":"), let minutes = number(2), hours < 24, minutes < 60 else {
                return nil
            }
            offset = (hours * 60 + minutes) * (isEast ? 60_000 : -60_000)
        }
        guard at == text.count else { return nil }
        let days = Self.days(year, month, day)
        return ((days * 24 + hour) * 60 + minute) * 60_000 + second * 1000 + fraction - offset
    }

    /// A Gregorian date to days since 1970: the reverse of `civil`.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = year / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
