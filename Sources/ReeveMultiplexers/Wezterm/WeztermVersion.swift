/// A WezTerm version as its own string says: `wezterm 20240203-110809-5046fc22`. Some distributions word theirs otherwise
/// (`wezterm 0-unstable-2025-01-01`); nothing is known of those, and they are taken.
enum WeztermVersion {
    /// The first release with `wezterm cli kill-pane` (its change log).
    static let oldest = 20_230_326

    /// The day of a release as a number.
    static func day(_ version: String) -> Int? {
        let word = version.split(separator: "-").first ?? ""
        return word.utf8.count == 8 ? Int(word) : nil
    }

    static func isTooOld(_ version: String) -> Bool { day(version).map { $0 < oldest } ?? false }
}
