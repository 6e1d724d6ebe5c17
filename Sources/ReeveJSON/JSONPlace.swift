/// Where in a text something is: for texts that people write, who look for lines and not for bytes.
extension JSONDocument {
    /// What is wrong with a text, and at which byte; nil when nothing is.
    package static func fault(in bytes: [UInt8]) -> (reason: String, offset: Int)? {
        do throws(Fault) {
            _ = try JSONDocument(scanning: bytes)
            return nil
        } catch {
            return (error.reason, error.offset)
        }
    }
}

extension JSONView {
    /// Of its first byte in the text.
    package var offset: Int { raw.startIndex }
}
