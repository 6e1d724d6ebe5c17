import KeeperLink

/// The language of keepers.
enum KeeperFrames: FrameLink {
    static let peer = "keeper"
    static func encode(_ request: KeeperRequest, number: Int) -> [UInt8] { KeeperCodec.encode(request, number: number) }
    static func decode(_ body: [UInt8]) throws(FrameError) -> LinkAnswer<KeeperReply, KeeperPush> {
        switch try KeeperCodec.decodeAnswer(body) {
        case .reply(let number, let reply): .reply(number: number, reply)
        case .push(let push): .push(push)
        }
    }
}
