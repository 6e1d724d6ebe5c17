import KeeperLink

/// The language of built-in terminals.
enum TerminalFrames: FrameLink {
    /// What a terminal says by itself.
    enum Push { case died }

    static let peer = "terminal"
    static func encode(_ request: TerminalRequest, number: Int) -> [UInt8] { TerminalCodec.encode(request, number: number) }
    static func decode(_ body: [UInt8]) throws(FrameError) -> LinkAnswer<TerminalReply, Push> {
        switch try TerminalCodec.decodeAnswer(body) {
        case .reply(let number, let reply): .reply(number: number, reply)
        case .died: .push(.died)
        // For people who look, and we do not.
        case .output: throw .unknownMessage
        }
    }
}
