/// Why something is not used: somebody else could read it, has made it, or could exchange it.
package struct Refusal: Error, Sendable, Hashable {
    package var reason: String
    /// The way out: a command where there is one.
    package var mend: String
    /// `errno` of the call that failed; 0 when it is we who refuse.
    package var code: Int32

    package init(_ reason: String, mend: String, code: Int32 = 0) {
        self.reason = reason
        self.mend = mend
        self.code = code
    }
}
