import Logging

#if Systemd && canImport(CSystemd)
import CSystemd
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Sends records to the journal with their metadata as fields.
struct JournalHandler: LogHandler {
    let label: String
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?

    init(label: String, logLevel: Logger.Level) {
        self.label = label
        self.logLevel = logLevel
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { send(fields(of: event)) }

    /// Each is a field of its own, `NAME=value`. A line break in a value stays in it: libsystemd sends such a field with its length
    /// (`sd_journal_sendv(3)`, "Journal native protocol"), so nothing that is logged can begin another field.
    func fields(of event: LogEvent) -> [String] {
        var fields = ["PRIORITY=\(Self.priority(event.level))", "SYSLOG_IDENTIFIER=reeved", "REEVE_LOGGER=\(label)"]
        let all = metadata.merging(event.metadata ?? [:]) { $1 }.sorted { $0.key < $1.key }
        fields += all.map { "\(Self.fieldName($0.key))=\($0.value)" }
        let suffix = all.isEmpty ? "" : " (" + all.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + ")"
        fields.append("MESSAGE=\(event.message)\(suffix)")
        return fields
    }

    private func send(_ fields: [String]) {
        #if Systemd && canImport(CSystemd)
        let buffers = fields.map { Array($0.utf8) }
        var vectors: [iovec] = []
        let storage = buffers.map { buffer -> UnsafeMutablePointer<UInt8> in
            let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, buffer.count))
            copy.initialize(from: buffer, count: buffer.count)
            vectors.append(iovec(iov_base: copy, iov_len: buffer.count))
            return copy
        }
        sd_journal_sendv(vectors, Int32(vectors.count))
        for pointer in storage { pointer.deallocate() }
        #endif
    }

    /// Upper-case letters, digits and underscores, 64 at most: journald throws a field with any other name away
    /// (`journal_field_valid`, systemd 252).
    private static func fieldName(_ key: String) -> String {
        let letters = key.uppercased().unicodeScalars.map { scalar -> Character in
            ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar) ? Character(scalar) : "_"
        }
        return String(("REEVE_" + String(letters)).prefix(64))
    }

    private static func priority(_ level: Logger.Level) -> Int {
        switch level {
        case .trace, .debug: 7
        case .info: 6
        case .notice: 5
        case .warning: 4
        case .error: 3
        case .critical: 2
        }
    }
}
