package import ReeveModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The time zone of this machine's user.
package enum LocalTime {
    /// Of local time to UTC at that moment, in seconds, east positive. A zone that was changed meanwhile counts.
    package static func offset(at moment: Timestamp) -> Int {
        tzset()
        var seconds = time_t(moment.milliseconds / 1000)
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return 0 }
        return parts.tm_gmtoff
    }
}
