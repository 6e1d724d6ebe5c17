/// Reads `ESC [ numbers m` and does to a pen what libvterm does.
///
/// Only the forms that every version of libvterm from 0.1.4 to 0.3.3 takes alike (`vterm_state_setpen` in its `pen.c`): not the numbers
/// with colons, not fonts, concealed text and what came later. Faint text (2) is none of them, and is taken: libvterm has no such thing.
struct PenSequence {
    private(set) var pen: Pen
    private var pending = Pending.nothing
    private var count = 0

    /// What the numbers to come belong to.
    private enum Pending {
        case nothing
        case colour(isForeground: Bool)
        case palette(isForeground: Bool)
        case rgb(isForeground: Bool, read: Int)
    }
    private var red: UInt8 = 0
    private var green: UInt8 = 0

    /// More are not given to libvterm at once: `OutputFilter` leaves them out.
    private static let mostNumbers = 15

    private init(_ pen: Pen) { self.pen = pen }

    /// - Parameter start: of the ESC.
    /// - Returns: where it is over, with the pen changed; nil if it is another sequence, one of the other forms, or not whole.
    static func read(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int, _ pen: inout Pen) -> Int? {
        guard start + 2 < bytes.count, bytes[start + 1] == UInt8(ascii: "[") else { return nil }
        var reading = PenSequence(pen)
        var number = 0
        var hasDigits = false
        var index = start + 2
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case 0x30...0x39:
                number = number * 10 + Int(byte - 0x30)
                hasDigits = true
                guard number <= 255 else { return nil }
            case UInt8(ascii: ";"), UInt8(ascii: "m"):
                guard reading.take(hasDigits ? UInt8(number) : nil) else { return nil }
                if byte == UInt8(ascii: "m") {
                    guard case .nothing = reading.pending else { return nil }
                    pen = reading.pen
                    return index
                }
                (number, hasDigits) = (0, false)
            default: return nil
            }
            // Many zeros before a number; `OutputFilter` gives up at 128 bytes.
            guard index - start < 100 else { return nil }
        }
        return nil
    }

    /// - Parameter number: nil for one that was left out.
    private mutating func take(_ number: UInt8?) -> Bool {
        count += 1
        guard count <= Self.mostNumbers else { return false }
        switch pending {
        case .nothing: return take(alone: number ?? 0)
        case .colour(let isForeground):
            switch number {
            case 2: pending = .rgb(isForeground: isForeground, read: 0)
            case 5: pending = .palette(isForeground: isForeground)
            default: return false
            }
        case .palette(let isForeground):
            guard let number else { return false }
            set(.palette(number), isForeground)
        case .rgb(let isForeground, let read):
            guard let number else { return false }
            switch read {
            case 0: red = number
            case 1: green = number
            default: set(.rgb(red, green, number), isForeground)
            }
            if read < 2 { pending = .rgb(isForeground: isForeground, read: read + 1) }
        }
        return true
    }

    private mutating func set(_ colour: Pen.Colour, _ isForeground: Bool) {
        if isForeground { pen.foreground = colour } else { pen.background = colour }
        pending = .nothing
    }

    private mutating func take(alone number: UInt8) -> Bool {
        switch number {
        case 0: pen = .plain
        case 1: pen.attributes |= 1
        case 2: break
        case 3: pen.attributes |= 2
        case 4: pen.underline = 1
        case 5: pen.attributes |= 4
        case 7: pen.attributes |= 8
        case 9: pen.attributes |= 16
        case 21: pen.underline = 2
        case 22: pen.attributes &= ~1
        case 23: pen.attributes &= ~2
        case 24: pen.underline = 0
        case 25: pen.attributes &= ~4
        case 27: pen.attributes &= ~8
        case 29: pen.attributes &= ~16
        case 30...37: pen.foreground = .palette(number - 30)
        case 38: pending = .colour(isForeground: true)
        case 39: pen.foreground = .standard
        case 40...47: pen.background = .palette(number - 40)
        case 48: pending = .colour(isForeground: false)
        case 49: pen.background = .standard
        case 90...97: pen.foreground = .palette(number - 90 + 8)
        case 100...107: pen.background = .palette(number - 100 + 8)
        default: return false
        }
        return true
    }

    /// Numbers without a colour at their end that is not whole: libvterm 0.1.4 would read on in what an earlier sequence has left there.
    /// - Parameter numbers: with what divides them.
    /// - Returns: nil if nothing is left.
    static func whole(_ numbers: [UInt8]) -> [UInt8]? {
        guard numbers.contains(UInt8(ascii: "8")) else { return numbers }
        let divides = { (byte: UInt8) in byte == UInt8(ascii: ";") || byte == UInt8(ascii: ":") }
        let words = numbers.split(omittingEmptySubsequences: false, whereSeparator: divides)
        let values = words.map { Int(String(decoding: $0, as: UTF8.self)) }
        var index = 0
        while index < values.count {
            guard values[index] == 38 || values[index] == 48 else {
                index += 1
                continue
            }
            let kind = index + 1 < values.count ? values[index + 1] : nil
            let needed = kind == 5 ? 3 : kind == 2 ? 5 : 2
            if values.count - index < needed {
                // With the sign before it.
                return index == 0 ? nil : Array(numbers[..<(words[index].startIndex - 1)])
            }
            index += needed
        }
        return numbers
    }
}
