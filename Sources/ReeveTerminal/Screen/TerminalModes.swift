/// What a program has asked of its terminal. libvterm (0.1.4) keeps most of it to itself, and a person's own terminal has to be told of it:
/// how keys are worded, whether pastes have brackets, whether the mouse is reported.
struct TerminalModes: Equatable {
    /// DEC private modes that a person's terminal gets too: cursor keys, mouse reports and how they are worded, bracketed paste.
    static let mirrored = [1, 9, 1000, 1002, 1003, 1005, 1006, 1015, 2004]

    private(set) var on: Set<Int> = []
    var hasKeypad = false
    /// Focus reports.
    private(set) var wantsFocus = false
    /// The second screen, of full-screen programs.
    private(set) var isAlternate = false
    /// What makes a line of text something else than itself.
    private var oddities: Set<Oddity> = []

    enum Oddity { case region, origin, insertion, noWrap, newlineMode, characterSet, shift }

    var pastesAreBracketed: Bool { on.contains(2004) }
    /// A line of text is one line of the screen, and a line feed at the bottom scrolls all of it.
    var isPlain: Bool { oddities.isEmpty }
    /// Only some of the rows scroll.
    var hasRegion: Bool { oddities.contains(.region) }

    /// Text is read in the second character set.
    var isShifted: Bool { oddities.contains(.shift) }

    /// Letters may be something else, such as lines.
    var hasOtherSet: Bool { isShifted || oddities.contains(.characterSet) }

    mutating func set(_ oddity: Oddity, _ isOn: Bool) {
        if isOn { oddities.insert(oddity) } else { oddities.remove(oddity) }
    }

    /// `DECSTR`: what xterm takes back for it, but for the set that is called in by a shift.
    /// - Returns: what libvterm takes it back by: 0.1.4 does not know the sequence. The cursor stays where it is.
    mutating func resetSoftly() -> String {
        var words = ""
        // Both move the cursor in some version. The place that is kept is forgotten by this reset anyway.
        if oddities.contains(.region) || oddities.contains(.origin) {
            words += "\u{1B}7\u{1B}[r\u{1B}[?6l\u{1B}[?1048l"
        }
        if oddities.contains(.insertion) { words += "\u{1B}[4l" }
        if oddities.contains(.noWrap) { words += "\u{1B}[?7h" }
        if oddities.contains(.characterSet) { words += "\u{1B}(B" }
        if oddities.contains(.shift) { words += "\u{F}" }
        oddities.formIntersection([.newlineMode])
        on = []
        hasKeypad = false
        wantsFocus = false
        return words + "\u{1B}[?1l\u{1B}>\u{1B}[?25h\u{1B}[m"
    }

    /// A DEC private mode.
    mutating func set(_ mode: Int, _ isOn: Bool) {
        if Self.mirrored.contains(mode) {
            if isOn { on.insert(mode) } else { on.remove(mode) }
        }
        switch mode {
        case 1004: wantsFocus = isOn
        case 47, 1047, 1049: isAlternate = isOn
        case 6: set(.origin, isOn)
        case 7: set(.noWrap, !isOn)
        default: break
        }
    }
}
