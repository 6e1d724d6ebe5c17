/// Durations and sizes as people write them in the configuration: a number and a unit, nothing else.
package enum DurationText {
    /// `"150ms"`, `"3s"`, `"5m"`, `"2h"`, `"7d"`; nil when it is none of these or would overflow.
    package static func parse(_ text: String) -> Duration? {
        guard let (value, unit) = split(text) else { return nil }
        let scale: Int64
        switch unit {
        case "ms": scale = 1
        case "s": scale = 1000
        case "m": scale = 60_000
        case "h": scale = 3_600_000
        case "d": scale = 86_400_000
        default: return nil
        }
        let (milliseconds, overflow) = value.multipliedReportingOverflow(by: scale)
        return overflow ? nil : .milliseconds(milliseconds)
    }

    /// `"512B"`, `"4KiB"`, `"512MiB"`, `"2GiB"` in bytes.
    package static func parseSize(_ text: String) -> Int64? {
        guard let (value, unit) = split(text) else { return nil }
        let shift: Int64
        switch unit {
        case "B": shift = 1
        case "KiB": shift = 1 << 10
        case "MiB": shift = 1 << 20
        case "GiB": shift = 1 << 30
        default: return nil
        }
        let (bytes, overflow) = value.multipliedReportingOverflow(by: shift)
        return overflow ? nil : bytes
    }

    /// The largest unit that makes a whole number: `1536MiB`, `2GiB`.
    package static func formatSize(_ bytes: Int64) -> String {
        for (scale, unit) in [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")] as [(Int64, String)]
        where bytes != 0 && bytes % scale == 0 {
            return "\(bytes / scale)\(unit)"
        }
        return "\(bytes)B"
    }

    /// The shortest way to write it: `90s` stays `90s`, `120s` becomes `2m`.
    package static func format(_ duration: Duration) -> String {
        let milliseconds = duration.milliseconds
        for (scale, unit) in [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s")] as [(Int64, String)]
        where milliseconds != 0 && milliseconds % scale == 0 {
            return "\(milliseconds / scale)\(unit)"
        }
        return "\(milliseconds)ms"
    }

    /// For people: `3 s`, `12 min`, `2 h 5 min`.
    package static func spoken(_ milliseconds: Int64) -> String {
        let seconds = milliseconds / 1000
        if milliseconds < 1000 { return "\(milliseconds) ms" }
        if seconds < 60 { return "\(seconds) s" }
        if seconds < 3600 { return "\(seconds / 60) min" }
        if seconds < 86_400 { return "\(seconds / 3600) h \(seconds / 60 % 60) min" }
        return "\(seconds / 86_400) d \(seconds / 3600 % 24) h"
    }

    private static func split(_ text: String) -> (Int64, String)? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty, let value = Int64(digits) else { return nil }
        return (value, String(text.dropFirst(digits.count)))
    }
}
