package import ReeveModel

/// A way to a person, or to a program that stands for one.
package protocol NotificationDoor: Sendable {
    /// Returns when the notice is where it is to be, and throws when it is given up. Bounded in time. Cancelling ends it.
    func deliver(_ notice: Notice) async throws(ReeveError)

    /// Nothing more is delivered: gives back what it holds.
    func close() async
}

extension NotificationDoor {
    package func close() async {}
}

/// A door and what goes through it.
package struct NotificationRoute: Sendable {
    /// Names it in logs and in what is kept: `desktop`, `webhook.ci`.
    package var name: String
    package var door: any NotificationDoor
    package var kinds: Set<NoticeKind>
    /// Deliveries at the same time.
    package var width: Int
    /// What has not arrived goes on after a restart. For doors whose other side knows a repeat by its key; a person would be told twice.
    package var isKept: Bool

    package init(
        name: String, door: any NotificationDoor, kinds: Set<NoticeKind> = Set(NoticeKind.choices), width: Int = 1,
        isKept: Bool = false
    ) {
        self.name = name
        self.door = door
        self.kinds = kinds
        self.width = width
        self.isKept = isKept
    }
}
