import Crypto

/// `X-Reeve-Signature`: HMAC-SHA256 over the timestamp, a dot and the body. The timestamp is in it so that what somebody has recorded
/// cannot be sent again later.
package enum WebhookSignature {
    package static func header(secret: [UInt8], timestamp: String, body: [UInt8]) -> String {
        var code = HMAC<SHA256>(key: SymmetricKey(data: secret))
        code.update(data: Array(timestamp.utf8))
        code.update(data: [UInt8(ascii: ".")])
        code.update(data: body)
        let digits = Array("0123456789abcdef".utf8)
        let hexadecimal = code.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return "sha256=" + String(decoding: hexadecimal, as: UTF8.self)
    }
}
