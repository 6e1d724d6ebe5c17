import Ownership
package import ReeveModel

/// Where a secret is; never the secret itself. Read when it is needed, so that a new one counts at once and none stays in memory.
package enum SecretReference: Sendable, Hashable {
    case environment(String)
    /// A file that only its owner can read.
    case file(String)

    /// `$NAME`, or an absolute path.
    package init(_ text: String) throws(ReeveError) {
        if text.hasPrefix("/") {
            self = .file(text)
            return
        }
        let name = text.dropFirst()
        let isName = name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x5F
        }
        guard text.hasPrefix("$"), !name.isEmpty, isName else {
            // It may be the secret: it is not repeated.
            throw ReeveError(
                .invalidParams, "a secret is named, not written down",
                hint: #""$NAME" of the environment, or the path of a file of mode 0600"#)
        }
        self = .environment(String(name))
    }

    package func read(_ environment: [String: String]) throws(ReeveError) -> [UInt8] {
        switch self {
        case .environment(let name):
            guard let value = environment[name], !value.isEmpty else {
                throw .unavailable("$\(name) is not set", hint: "set it in the daemon's environment file")
            }
            return Array(value.utf8)
        case .file(let path):
            let bytes: [UInt8]?
            do throws(Refusal) { bytes = try PrivateFile.read(path) } catch { throw .unavailable(error.reason, hint: error.mend) }
            guard var bytes else { throw .unavailable("there is no file \(path)", hint: "write the secret into it, mode 0600") }
            // The line end is the editor's.
            while let last = bytes.last, last == 10 || last == 13 { bytes.removeLast() }
            guard !bytes.isEmpty else { throw .unavailable("\(path) is empty", hint: "write the secret into it") }
            return bytes
        }
    }
}
