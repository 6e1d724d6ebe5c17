/// What holds for the work on every ticket, in a person's own words; `[workflows]` has them. Nothing, where nothing is written.
package struct PromptCriteria: Sendable, Hashable {
    package var acceptance: String
    package var done: String
    package var ready: String

    package init(acceptance: String = "", done: String = "", ready: String = "") {
        self.acceptance = acceptance
        self.done = done
        self.ready = ready
    }
}
