package import ReeveModel

/// A method without its types, for documents and look-ups.
package struct MethodDescription: Sendable {
    package struct Member: Sendable {
        package var name: String
        package var isRequired: Bool
        package var schema: Schema
        package var note: String
        package var constraint: String?
        package var fallback: String?
    }

    package var name: String
    package var summary: String
    package var isMutating: Bool
    package var params: [Member]
    package var result: [Member]
    private let decode: @Sendable (Request) throws(ReeveError) -> [UInt8]

    /// A request's params as they were understood: with the defaults, in the order of the fields.
    package func understood(_ request: Request) throws(ReeveError) -> [UInt8] { try decode(request) }

    init<M: WireMethod>(_ method: M.Type) {
        name = method.name
        summary = method.summary
        isMutating = method.isMutating
        decode = { (request) throws(ReeveError) in
            try request.decode(M.Params.self, alsoAllowing: M.isMutating ? IdempotencyKey.member : nil).json
        }
        params = Self.members(M.Params.self)
        result = Self.members(M.Result.self)
        if method.isMutating {
            params.append(
                Member(
                    name: IdempotencyKey.member, isRequired: false, schema: .string,
                    note: "a repeat within 24 hours gets the first answer and changes nothing",
                    constraint: "1–\(IdempotencyKey.longest) characters", fallback: nil))
        }
    }

    package static func members<Shape: WireObject>(_ shape: Shape.Type) -> [Member] {
        shape.fields.map {
            Member(
                name: $0.name, isRequired: $0.isRequired, schema: $0.schema, note: $0.note, constraint: $0.constraint,
                fallback: $0.fallback)
        }
    }
}

/// Every method this version answers. What is not here does not exist.
package enum MethodCatalog {
    package static let all: [MethodDescription] = [
        MethodDescription(SystemPing.self), MethodDescription(SystemStatus.self), MethodDescription(SystemVersion.self),
        MethodDescription(SystemReload.self), MethodDescription(SystemShutdown.self), MethodDescription(RPCDiscover.self),
        MethodDescription(TicketCreate.self), MethodDescription(TicketGet.self), MethodDescription(TicketList.self),
        MethodDescription(TicketUpdate.self), MethodDescription(TicketCancel.self), MethodDescription(TicketRetry.self),
        MethodDescription(TicketSteps.self), MethodDescription(TicketStep.self), MethodDescription(TicketImport.self),
        MethodDescription(TicketFolderStatus.self), MethodDescription(AgentExplain.self), MethodDescription(AgentEvent.self),
        MethodDescription(QueueStatus.self), MethodDescription(QueuePause.self), MethodDescription(QueueResume.self),
        MethodDescription(QueueLaunch.self),
        MethodDescription(AgentList.self), MethodDescription(AgentGet.self), MethodDescription(AgentSwitch.self),
        MethodDescription(AgentSend.self), MethodDescription(AgentInterrupt.self), MethodDescription(AgentStop.self),
        MethodDescription(AgentRestart.self), MethodDescription(AgentContinue.self), MethodDescription(AgentCapture.self),
        MethodDescription(AgentFocus.self), MethodDescription(AgentAttach.self), MethodDescription(AgentWait.self),
        MethodDescription(AgentKinds.self), MethodDescription(AgentReport.self), MethodDescription(AgentApprove.self),
        MethodDescription(AgentReject.self),
        MethodDescription(SessionSpawn.self), MethodDescription(SessionDestroy.self), MethodDescription(SessionSend.self),
        MethodDescription(SessionCapture.self), MethodDescription(SessionList.self), MethodDescription(SessionSplit.self),
        MethodDescription(SessionAdopt.self), MethodDescription(SessionFocus.self), MethodDescription(SessionAttach.self),
        MethodDescription(SessionRun.self),
        MethodDescription(SessionWait.self),
        MethodDescription(BackendList.self), MethodDescription(BackendGet.self), MethodDescription(BackendCheck.self),
        MethodDescription(PanesPlan.self), MethodDescription(PanesOpen.self), MethodDescription(PanesClose.self),
        MethodDescription(PanesArrange.self), MethodDescription(PanesFollow.self), MethodDescription(PanesList.self),
        MethodDescription(HostRegister.self), MethodDescription(HostUnregister.self), MethodDescription(HostReport.self),
        MethodDescription(DatabaseStatus.self), MethodDescription(DatabaseCheck.self), MethodDescription(DatabaseBackup.self),
        MethodDescription(MetadataSetStatus.self), MethodDescription(MetadataSetProgress.self),
        MethodDescription(MetadataLog.self), MethodDescription(MetadataNotify.self), MethodDescription(MetadataClear.self),
        MethodDescription(MetadataGet.self),
        MethodDescription(EventsSubscribe.self), MethodDescription(EventsUnsubscribe.self), MethodDescription(EventsRead.self),
    ]

    /// The named shapes that methods and events refer to.
    package static let shapes: [(name: String, members: [MethodDescription.Member])] = [
        shape(TicketShape.self), shape(AgentShape.self), shape(ExitShape.self), shape(SessionShape.self), shape(PaneShape.self),
        shape(PaneWindowShape.self), shape(WindowPaneShape.self), shape(PaneConfigurationShape.self),
        shape(PaneSessionShape.self),
        shape(PaneRequestShape.self), shape(PaneDecisionShape.self), shape(PaneReasonShape.self), shape(PaneRoomShape.self),
        shape(PlannedPaneShape.self), shape(PaneHostShape.self), shape(PaneEntryShape.self),
        shape(PaneFollowingShape.self),
        shape(PaneOpenedShape.self),
        shape(AgentKindShape.self), shape(RungShape.self), shape(BackendShape.self), shape(BackendFindingShape.self),
        shape(SystemStatus.Counts.self),
        shape(SystemStatus.Retries.self), shape(BrakeShape.self), shape(StepShape.self), shape(ImportedFileShape.self),
        shape(FolderReportShape.self), shape(ProcessMarkShape.self), shape(ThreadShape.self), shape(EvidenceShape.self),
        shape(MetadataShape.self),
        shape(MetadataStatusShape.self), shape(MetadataProgressShape.self), shape(MetadataLineShape.self), shape(EventShape.self),
    ]

    private static func shape<Shape: WireObject>(_ type: Shape.Type) -> (name: String, members: [MethodDescription.Member]) {
        (String(describing: type), MethodDescription.members(type))
    }
}

package enum RPCDiscover: WireMethod {
    package static let name = "rpc.discover"
    package static let summary = "This contract as an OpenRPC document."
    package typealias Params = Empty
    package struct Result: WireObject {
        package var openrpc = ""
        package var info = RawJSON()
        package var methods = RawJSON()
        package var components = RawJSON()
        package init() {}
        package static let fields: [Field<Result>] = [
            .required("openrpc", \.openrpc, "version of the OpenRPC format"),
            .required("info", \.info, "title and version"),
            .required("methods", \.methods, "params and result of each method"),
            .required("components", \.components, "the shapes they refer to"),
        ]
    }
}
