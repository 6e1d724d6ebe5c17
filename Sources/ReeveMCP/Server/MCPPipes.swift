import ReeveModel
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The pipes of a server that a client has started: messages in lines on one, answers in lines on the other, nothing else on either.
package enum MCPPipes {
    /// With its newline.
    package static let longestLine = 1 << 20
    /// After the client has closed its end: for the calls that it has made before.
    private static let farewell = Duration.seconds(5)

    /// Reads until the input ends or nobody reads the output any more.
    package static func serve(desk: MCPDesk, version: String, input: Int32 = 0, output: Int32 = 1) {
        let pipe = OutputPipe(output)
        let server = MCPServer(desk: desk, version: version) { pipe.write($0) }
        var lines = LineSplitter(longest: longestLine)
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while !pipe.isBroken {
            let count = read(input, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            if count < 0, errno == EAGAIN {
                // Whoever shares this end has made it non-blocking.
                var end = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
                _ = poll(&end, 1, -1)
                continue
            }
            guard count > 0 else { break }
            lines.feed(chunk[..<count]) { take($0, server) }
        }
        lines.end { take($0, server) }
        if !pipe.isBroken { server.finish(within: farewell) }
    }

    private static func take(_ line: LineSplitter.Line, _ server: MCPServer) {
        switch line {
        case .whole(let bytes): server.receive(bytes)
        case .tooLong: server.receiveTooLong(limit: longestLine)
        }
    }
}

/// Lines from pieces. A line that is too long is dropped while it comes, so it costs no memory.
struct LineSplitter {
    enum Line: Equatable {
        case whole([UInt8])
        case tooLong
    }

    private let longest: Int
    private var rest: [UInt8] = []
    private var isSkipping = false

    /// - Parameter longest: with the newline.
    init(longest: Int) { self.longest = longest }

    mutating func feed(_ piece: ArraySlice<UInt8>, _ body: (Line) -> Void) {
        var piece = piece
        while let end = piece.firstIndex(of: 0x0A) {
            add(piece[..<end], body)
            if !isSkipping { body(.whole(rest)) }
            rest = []
            isSkipping = false
            piece = piece[(end + 1)...]
        }
        add(piece, body)
    }

    /// What stands behind the last newline.
    mutating func end(_ body: (Line) -> Void) {
        if !isSkipping, !rest.isEmpty { body(.whole(rest)) }
        rest = []
    }

    private mutating func add(_ piece: ArraySlice<UInt8>, _ body: (Line) -> Void) {
        guard !isSkipping else { return }
        guard rest.count + piece.count < longest else {
            rest = []
            isSkipping = true
            body(.tooLong)
            return
        }
        rest += piece
    }
}

/// One message after another, each whole.
private final class OutputPipe: Sendable {
    private let descriptor: Int32
    private let broken = Mutex(false)

    init(_ descriptor: Int32) { self.descriptor = descriptor }

    var isBroken: Bool { broken.withLock { $0 } }

    func write(_ message: [UInt8]) {
        broken.withLock { broken in
            guard !broken else { return }
            let line = message + [0x0A]
            var offset = 0
            while offset < line.count {
                let count = line[offset...].withUnsafeBytes { bytes in
                    #if canImport(Glibc)
                    Glibc.write(descriptor, bytes.baseAddress, bytes.count)
                    #else
                    Darwin.write(descriptor, bytes.baseAddress, bytes.count)
                    #endif
                }
                if count > 0 {
                    offset += count
                } else if errno == EAGAIN {
                    var end = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&end, 1, -1)
                } else if errno != EINTR {
                    broken = true
                    return
                }
            }
        }
    }
}
