/// What a program writes, made safe for the emulator: text, and of the control sequences those that it knows, with numbers in bounds.
///
/// libvterm 0.1.4 writes beyond its arrays at a sequence of more than sixteen numbers, behind its last column at a wide character in a
/// terminal of one column, and at some marks anywhere. A program's output may come from anywhere, and the emulator's end would be the end
/// of the terminal and of who works in it. Strings (OSC, DCS and their like) never get there: the title is kept here, and nothing else in them is for us.
struct OutputFilter {
    private(set) var modes = TerminalModes()
    /// As the program has set it, unfiltered.
    private(set) var title = ""

    private enum Reading: Equatable {
        case text
        case escape
        /// `ESC (` and its like: one more byte, or several.
        case set(UInt8)
        case control
        /// OSC, DCS and the others: up to BEL or ST.
        case string(isTitle: Bool, afterEscape: Bool)
    }
    private var reading = Reading.text
    private var collected: [UInt8] = []
    /// The beginning of a character whose rest has not come yet: libvterm loses its place when one is cut.
    private var begun: [UInt8] = []
    private var printed = PrintedText()
    /// What the emulator got last.
    private var lastByte: UInt8 = 0
    private var columns: Int
    private var rows: Int
    /// What may come of `REP`, bytes: a few of a program's must not become megabytes. More with each that it writes, so that it does not
    /// matter in which pieces they come.
    private var repeatable = mostRepeated

    private static let mostCollected = 128
    /// Not `ESC 8`: after that libvterm does not look whether the place that was kept is still on the screen, which may have become smaller.
    private static let restoreCursor = Array("\u{1B}[?1048l".utf8)
    private static let mostNumbers = 15
    private static let largestNumber = 9999
    private static let mostRepeated = 128 << 10
    /// Of what comes of `REP`, for each byte that is written.
    private static let repeatedForEach = 32
    /// libvterm's own reset leaves the second screen and reversed colours as they are.
    private static let reset = Array("\u{1B}[?1047l\u{1B}[?5l\u{1B}c".utf8)

    init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
    }

    /// Nothing is half read.
    var isAtRest: Bool { reading == .text && begun.isEmpty }

    /// The emulator has no region any more.
    mutating func resized(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
        modes.set(.region, false)
    }

    /// Bytes that were written; those that go past this, too.
    mutating func count(_ bytes: Int) {
        repeatable = min(repeatable + bytes * Self.repeatedForEach, Self.mostRepeated)
    }

    /// - Returns: what the emulator gets of it.
    mutating func clean(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var start = 0
        for index in bytes.indices {
            let byte = bytes[index]
            if case .text = reading {
                if byte >= 0x20, byte != 0x7F { continue }
                // Text goes on in one piece with the controls that it may hold.
                if (0x07...0x0D).contains(byte) { continue }
                text(bytes[start..<index], isEnd: true, &result)
                start = index + 1
                count(1)
                switch byte {
                case 0x1B: reading = .escape
                case 0x0E, 0x0F:
                    modes.set(.shift, byte == 0x0E)
                    result.append(byte)
                default: break
                }
            } else {
                take(byte, &result)
                start = index + 1
            }
        }
        if case .text = reading { text(bytes[min(start, bytes.count)...], isEnd: false, &result) }
        lastByte = result.last ?? lastByte
        return result
    }

    /// Text as valid UTF-8 without control characters; what is neither is the sign for that.
    /// - Parameter isEnd: something else comes after it, so a character that is not whole will never be.
    private mutating func text(_ run: Slice<UnsafeBufferPointer<UInt8>>, isEnd: Bool, _ result: inout [UInt8]) {
        count(run.count)
        if begun.isEmpty, run.allSatisfy({ $0 < 0x80 }) {
            printed.take(run)
            if !run.isEmpty { keepSet(&result) }
            return result.append(contentsOf: run)
        }
        var bytes = begun + run
        begun = []
        if !isEnd {
            begun = Self.unfinished(bytes)
            bytes.removeLast(begun.count)
        }
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars where !(0x80...0x9F).contains(scalar.value) {
            guard let taken = printed.take(scalar) else { continue }
            if taken.isASCII { keepSet(&result) }
            result.append(contentsOf: UTF8.encode(taken) ?? UTF8.encodedReplacementCharacter)
        }
    }

    /// Calls in the set that is called in already: that changes nothing.
    private var shift: UInt8 { modes.isShifted ? 0x0E : 0x0F }

    /// libvterm reads text on in the set in which it began, and would take lines for letters behind a character of several bytes.
    private func keepSet(_ result: inout [UInt8]) {
        if modes.hasOtherSet, (result.last ?? lastByte) >= 0x80 { result.append(shift) }
    }

    /// The first bytes of a character at the end of some text, when the others are not there yet.
    private static func unfinished(_ bytes: [UInt8]) -> [UInt8] {
        for count in 1...3 where count <= bytes.count {
            let byte = bytes[bytes.count - count]
            if byte & 0xC0 == 0x80 { continue }
            let needed = byte >= 0xF0 && byte < 0xF5 ? 4 : byte >= 0xE0 && byte < 0xF0 ? 3 : byte >= 0xC2 && byte < 0xE0 ? 2 : 1
            return needed > count ? Array(bytes.suffix(count)) : []
        }
        return []
    }

    private mutating func take(_ byte: UInt8, _ result: inout [UInt8]) {
        count(1)
        // Cancelled by CAN, SUB; begun anew by ESC.
        if byte == 0x18 || byte == 0x1A {
            reading = .text
            return
        }
        switch reading {
        case .text: break
        case .escape: takeEscape(byte, &result)
        case .set(let which):
            switch byte {
            case 0x1B: reading = .escape
            // No set of such a name is known here.
            case 0x20...0x2F: reading = .set(byte)
            default:
                reading = .text
                takeSet(which, byte, &result)
            }
        case .control:
            switch byte {
            case 0x40...0x7E:
                reading = .text
                control(byte, &result)
            case 0x1B: reading = .escape
            case 0x20...0x3F: if collected.count <= Self.mostCollected { collected.append(byte) }
            // A control character within a sequence counts as if it stood before it.
            case 0x07...0x0D: result.append(byte)
            default: break
            }
        case .string(let isTitle, let afterEscape):
            if byte == 0x07 || (afterEscape && byte == UInt8(ascii: "\\")) {
                reading = .text
                if isTitle { takeTitle() }
            } else if afterEscape {
                // Its program was cut off within it, say. As xterm does it, and the state machine that describes DEC's VT500.
                takeEscape(byte, &result)
            } else {
                if byte != 0x1B, isTitle, collected.count < Self.mostCollected * 2 { collected.append(byte) }
                reading = .string(isTitle: isTitle, afterEscape: byte == 0x1B)
            }
        }
    }

    private mutating func takeEscape(_ byte: UInt8, _ result: inout [UInt8]) {
        reading = .text
        switch byte {
        case 0x1B: reading = .escape
        case UInt8(ascii: "["):
            collected = []
            reading = .control
        case UInt8(ascii: "]"):
            collected = []
            reading = .string(isTitle: true, afterEscape: false)
        case UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
            reading = .string(isTitle: false, afterEscape: false)
        case 0x20...0x2F: reading = .set(byte)
        case UInt8(ascii: "="), UInt8(ascii: ">"):
            modes.hasKeypad = byte == UInt8(ascii: "=")
            result += [0x1B, byte]
        case UInt8(ascii: "c"):
            modes = TerminalModes()
            result += Self.reset
        case UInt8(ascii: "8"): result += Self.restoreCursor
        case UInt8(ascii: "7"), UInt8(ascii: "D"), UInt8(ascii: "E"), UInt8(ascii: "H"), UInt8(ascii: "M"):
            result += [0x1B, byte]
        default: break
        }
    }

    private mutating func takeSet(_ which: UInt8, _ byte: UInt8, _ result: inout [UInt8]) {
        let isG0 = which == UInt8(ascii: "(")
        guard isG0 || which == UInt8(ascii: ")"), [UInt8(ascii: "0"), UInt8(ascii: "A"), UInt8(ascii: "B")].contains(byte) else {
            if which == UInt8(ascii: "#"), byte == UInt8(ascii: "8") { result += [0x1B, which, byte] }
            return
        }
        if isG0 { modes.set(.characterSet, byte != UInt8(ascii: "B")) }
        result += [0x1B, which, byte]
    }

    private mutating func takeTitle() {
        let text = String(decoding: collected, as: UTF8.self)
        // Icon name and title, icon name, title.
        for number in ["0;", "2;"] where text.hasPrefix(number) { title = String(text.dropFirst(2)) }
    }

    // MARK: Sequences

    private mutating func control(_ final: UInt8, _ result: inout [UInt8]) {
        guard collected.count <= Self.mostCollected else { return }
        var rest = collected[...]
        let leader = rest.first.flatMap { (0x3C...0x3F).contains($0) ? $0 : nil }
        if leader != nil { rest = rest.dropFirst() }
        let numbers = rest.prefix { (0x30...0x3B).contains($0) }
        let intermediate = rest.dropFirst(numbers.count)
        guard numbers.count + intermediate.count == rest.count, intermediate.allSatisfy({ $0 < 0x30 }), intermediate.count <= 1
        else {
            return
        }
        let bounded = Self.bounded(numbers)
        let values = bounded.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
            .map { Int(String(decoding: $0, as: UTF8.self)) ?? 0 }
        switch (leader, intermediate.first, final) {
        case (UInt8(ascii: "?"), nil, UInt8(ascii: "h")), (UInt8(ascii: "?"), nil, UInt8(ascii: "l")):
            for mode in values { privateMode(mode, final == UInt8(ascii: "h"), &result) }
        case (nil, nil, UInt8(ascii: "s")): result += [0x1B, UInt8(ascii: "7")]
        case (nil, nil, UInt8(ascii: "u")): result += Self.restoreCursor
        case (nil, nil, UInt8(ascii: "m")):
            guard let whole = PenSequence.whole(bounded) else { return }
            result += [0x1B, UInt8(ascii: "[")] + whole + [final]
        // Colons belong to colours; in others libvterm would read numbers that are not read here.
        case (nil, nil, _) where bounded.contains(UInt8(ascii: ":")): break
        case (nil, nil, UInt8(ascii: "h")), (nil, nil, UInt8(ascii: "l")):
            for mode in values { publicMode(mode, final == UInt8(ascii: "h"), &result) }
        case (nil, nil, UInt8(ascii: "r")): region(values, &result)
        case (nil, nil, UInt8(ascii: "b")): repeatLast(values.first ?? 0, &result)
        case (nil, nil, _) where Self.plain.contains(final): result += [0x1B, UInt8(ascii: "[")] + bounded + [final]
        case (UInt8(ascii: "?"), nil, UInt8(ascii: "J")), (UInt8(ascii: "?"), nil, UInt8(ascii: "K")),
            (UInt8(ascii: "?"), nil, UInt8(ascii: "n")), (UInt8(ascii: ">"), nil, UInt8(ascii: "c")):
            result += [0x1B, UInt8(ascii: "["), leader ?? 0] + bounded + [final]
        case (nil, UInt8(ascii: " "), UInt8(ascii: "q")):
            result += [0x1B, UInt8(ascii: "[")] + bounded + [UInt8(ascii: " "), final]
        case (nil, UInt8(ascii: "!"), UInt8(ascii: "p")):
            result += modes.resetSoftly().utf8
        default: break
        }
    }

    /// What needs nothing before its numbers: insert, moves, erase, scroll, tabs, questions.
    private static let plain = Set("@ABCDEFGHIJKLMPSTXZ`acdefgn".utf8)

    /// Of several libvterm would take the first.
    private mutating func publicMode(_ mode: Int, _ isOn: Bool, _ result: inout [UInt8]) {
        guard mode == 4 || mode == 20 else { return }
        modes.set(mode == 4 ? .insertion : .newlineMode, isOn)
        result += "\u{1B}[\(mode)\(isOn ? "h" : "l")".utf8
    }

    /// One of all rows is none. Of what is no region at all libvterm makes none, too.
    private mutating func region(_ values: [Int], _ result: inout [UInt8]) {
        let top = max(values.first ?? 0, 1)
        let wanted = values.count > 1 ? values[1] : 0
        let bottom = wanted == 0 ? rows : min(wanted, rows)
        let isWhole = bottom < top || (top == 1 && bottom == rows)
        modes.set(.region, !isWhole)
        result += (isWhole ? "\u{1B}[r" : "\u{1B}[\(top);\(bottom)r").utf8
    }

    /// `REP`, which terminfo's `xterm-256color` says is there; libvterm 0.1.4 does not know it.
    private mutating func repeatLast(_ count: Int, _ result: inout [UInt8]) {
        guard let last = printed.last, let character = UTF8.encode(last) else { return }
        let times = min(max(count, 1), columns * rows, repeatable / character.count)
        guard times > 0 else { return }
        repeatable -= times * character.count
        // A place to cut, for what libvterm gets at once is on its stack.
        result.append(shift)
        for _ in 0..<times { result.append(contentsOf: character) }
        printed.repeated()
    }

    private mutating func privateMode(_ mode: Int, _ isOn: Bool, _ result: inout [UInt8]) {
        let screens = [47, 1047, 1049]
        // Leaving a second screen that nobody is in would put the cursor where it was kept last: xterm does that, and nobody means it.
        if screens.contains(mode), !isOn, !modes.isAlternate { return }
        modes.set(mode, isOn)
        // Mouse reports are asked of the person's terminal, not of the emulator; margins and widths of 132 columns are asked of nobody.
        let known = [1, 5, 6, 7, 12, 25, 1048] + screens
        guard known.contains(mode) else { return }
        // Which libvterm knows of the two.
        result += "\u{1B}[?\(mode == 47 ? 1047 : mode)\(isOn ? "h" : "l")".utf8
    }

    /// As many numbers as the emulator has places for, none of them larger than any terminal.
    private static func bounded(_ numbers: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        var count = 1
        var value = 0
        var hasDigits = false
        func flush() { if hasDigits { result += Array("\(min(value, largestNumber))".utf8) } }
        for byte in numbers {
            if byte == UInt8(ascii: ";") || byte == UInt8(ascii: ":") {
                flush()
                (value, hasDigits) = (0, false)
                count += 1
                if count > mostNumbers { return result }
                result.append(byte)
            } else {
                value = min(value * 10 + Int(byte - 0x30), largestNumber + 1)
                hasDigits = true
            }
        }
        flush()
        return result
    }
}
