// swift-tools-version: 6.2
import PackageDescription

/// Set by `scripts/fuzz` to libFuzzer's library: our code is then compiled with coverage and the address sanitizer. No other build has
/// any of that.
let fuzzer = Context.environment["REEVE_FUZZER"]

/// Every target of this package is compiled alike: Swift 6 mode, the upcoming features that remove surprises, and no warning left.
let settings: [SwiftSetting] =
    [
        .swiftLanguageMode(.v6),
        .enableUpcomingFeature("ExistentialAny"),  // SE-0335
        .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
        .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // SE-0461
        .enableUpcomingFeature("InferIsolatedConformances"),  // SE-0470
        .treatAllWarnings(as: .error),
    ] + (fuzzer == nil ? [] : [.unsafeFlags(["-sanitize=fuzzer,address"])])

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func executable(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// - Parameter data: folders that the tests read from the sources, by `#filePath`.
func tests(_ name: String, _ dependencies: [Target.Dependency], data: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies + ["ReeveTestSupport"], exclude: data, swiftSettings: settings)
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let systemPackage = Target.Dependency.product(
    name: "SystemPackage", package: "swift-system", condition: .when(platforms: [.linux]))
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let tomlKit = Target.Dependency.product(name: "TOMLKit", package: "TOMLKit")
let systemd = Target.Dependency.target(
    name: "CSystemd", condition: .when(platforms: [.linux], traits: ["Systemd"]))

let package = Package(
    name: "reeve",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "reeve", targets: ["reeve"]),
        .executable(name: "reeved", targets: ["reeved"]),
        .executable(name: "reeve-keeper", targets: ["reeve-keeper"]),
        .executable(name: "reeve-terminal", targets: ["reeve-terminal"]),
        .executable(name: "reeve-demo-agent", targets: ["reeve-demo-agent"]),
    ],
    traits: [
        .trait(name: "Systemd", description: "Readiness, watchdog, socket activation and journal through libsystemd (Linux)."),
        .default(enabledTraits: ["Systemd"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/LebJe/TOMLKit", from: "0.6.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .systemLibrary(
            name: "CTerminalEmulator", pkgConfig: "vterm", providers: [.apt(["libvterm-dev"]), .brew(["libvterm"])]),
        library("KeeperLink"),
        library("FileEvents", ["ReeveModel"]),
        library("Ownership"),
        library("ResidentMemory"),
        library("Processes", ["ReeveModel", subprocess, systemPackage]),
        library("ReeveModel"),
        library("ReeveJSON", ["ReeveModel"]),
        library("ReeveWire", ["ReeveModel", "ReeveJSON"]),
        library("ReeveAgents", ["ReeveModel", "ReeveJSON", sqlite]),
        library("ReeveHooks", ["Ownership", "ReeveJSON", "ReeveModel"]),
        library("ReeveTickets", ["ReeveModel", "FileEvents", yams]),
        library("ReeveTOML", [tomlKit]),
        library("ReeveWorkflows", ["ReeveModel", "ReeveJSON", "ReeveTOML", mustache]),
        library("ReeveGit", ["ReeveModel", "ReeveJSON", "Ownership", "Processes"]),
        library(
            "ReeveNotifications",
            [
                "ReeveModel", "ReeveJSON", "Ownership", "Processes", logging, asyncHTTPClient, crypto, nioCore, nioHTTP1,
                serviceLifecycle, systemd,
            ]),
        library("ReeveMCP", ["ReeveModel", "ReeveJSON", "ReeveWire", "ReeveClient"]),
        library("ReeveStore", ["ReeveModel", "Ownership", grdb, logging]),
        library(
            "ReeveMultiplexers",
            ["ReeveModel", "ReeveJSON", "KeeperLink", "Ownership", "Processes", logging, nioCore, nioPosix]),
        library("ReeveEngine", ["ReeveModel", logging, serviceLifecycle]),
        library("ReeveClient", ["ReeveWire", "ReeveJSON", "ReeveModel"]),
        library(
            "ReeveControl", ["ReeveWire", "ReeveJSON", "ReeveModel", "Ownership", logging, nioCore, nioPosix, serviceLifecycle]),
        library("ReeveKeeper", ["KeeperLink", "Ownership"]),
        library("ReeveTerminal", ["KeeperLink", "Ownership", "ReeveKeeper", "ResidentMemory", "CTerminalEmulator"]),
        library(
            "ReeveDaemon",
            [
                "ReeveModel", "ReeveWire", "ReeveJSON", "ReeveAgents", "ReeveStore", "ReeveMultiplexers", "ReeveEngine",
                "ReeveControl", "ReeveTOML", "ReeveWorkflows", "ReeveTickets", "ReeveHooks", "ReeveGit", "ReeveNotifications",
                "FileEvents", "Ownership", "Processes", "ResidentMemory", logging, asyncHTTPClient, nioCore, nioHTTP1, nioPosix,
                serviceLifecycle,
                unixSignals, systemd,
            ]),
        library(
            "ReeveCLI",
            ["ReeveClient", "ReeveHooks", "ReeveMCP", "ReeveWire", "ReeveJSON", "ReeveModel", "Ownership", argumentParser]),

        executable("reeve", ["ReeveCLI"]),
        executable("reeved", ["ReeveDaemon", argumentParser]),
        executable("reeve-keeper", ["ReeveKeeper"]),
        executable("reeve-terminal", ["ReeveTerminal"]),
        executable("reeve-demo-agent"),

        .target(
            name: "ReeveTestSupport",
            dependencies: ["ReeveModel", "ReeveEngine", logging],
            path: "Tests/ReeveTestSupport", swiftSettings: settings),
        .target(
            name: "ReeveFuzzTargets",
            dependencies: [
                "ReeveAgents", "ReeveControl", "ReeveDaemon", "ReeveJSON", "ReeveModel", "ReeveMultiplexers", "ReeveTerminal",
                "ReeveTickets",
                "ReeveWire",
                "ReeveWorkflows", nioCore,
            ],
            path: "Tests/Fuzzing/Targets", swiftSettings: settings),
        tests("ReeveFuzzTests", ["ReeveFuzzTargets"]),
        tests("ProcessesTests", ["Processes", "ReeveModel"]),
        tests("OwnershipTests", ["Ownership", "reeve-keeper"]),
        tests("ReeveModelTests", ["ReeveModel"]),
        tests("ReeveJSONTests", ["ReeveJSON", "ReeveModel"]),
        tests("ReeveWireTests", ["ReeveWire", "ReeveJSON", "ReeveModel"]),
        tests("ReeveStoreTests", ["ReeveStore", "ReeveModel", grdb, logging]),
        tests("ReeveTOMLTests", ["ReeveTOML"]),
        tests("FileEventsTests", ["FileEvents", "ReeveModel"]),
        tests("ReeveHooksTests", ["ReeveHooks", "ReeveJSON", "ReeveModel", "Ownership"]),
        tests("ReeveGitTests", ["ReeveGit", "ReeveModel", "Processes"]),
        tests(
            "ReeveNotificationsTests",
            [
                "ReeveNotifications", "ReeveModel", "ReeveJSON", "ReeveWire", logging, crypto, nioCore, nioHTTP1, nioPosix,
                serviceLifecycle, systemd,
            ]),
        tests("ReeveMCPTests", ["ReeveMCP", "ReeveWire", "ReeveJSON", "ReeveModel"]),
        tests("ReeveTicketsTests", ["ReeveTickets", "ReeveModel", yams]),
        tests("ReeveWorkflowsTests", ["ReeveWorkflows", "ReeveModel"]),
        tests(
            "ReeveAgentsTests", ["ReeveAgents", "ReeveJSON", "ReeveModel", sqlite],
            data: ["Corpus", "AdapterKit/Tools", "AdapterKit/tool.sh"]),
        tests("ReeveEngineTests", ["ReeveEngine", "ReeveModel", logging]),
        tests(
            "ReeveMultiplexersTests",
            [
                "ReeveMultiplexers", "ReeveDaemon", "ReeveControl", "Processes", "ReeveModel", "KeeperLink", "reeve-keeper",
                "reeve-terminal", logging, nioCore, nioPosix, serviceLifecycle,
            ]),
        tests("ReeveTerminalTests", ["ReeveTerminal", "KeeperLink", "reeve-terminal"]),
        tests("KeeperTests", ["ReeveKeeper", "KeeperLink", "reeve-keeper", "reeve-demo-agent"]),
        tests("ReeveControlTests", ["ReeveControl", "ReeveWire", "ReeveModel", logging, nioCore, nioPosix, serviceLifecycle]),
        tests(
            "ReeveCLITests",
            ["ReeveCLI", "ReeveClient", "ReeveJSON", "ReeveModel", "ReeveWire", "reeve", "reeved", argumentParser]),
        tests(
            "ReeveDaemonTests",
            [
                "ReeveDaemon", "ReeveAgents", "ReeveClient", "ReeveEngine", "ReeveHooks", "ReeveJSON", "ReeveWire", "ReeveModel",
                "ReeveStore", "ReeveWorkflows", "reeve", "reeved", "reeve-keeper", "reeve-demo-agent", grdb, logging,
            ]),
    ]
)

if let fuzzer {
    package.targets.append(
        .executableTarget(
            name: "reeve-fuzz", dependencies: ["ReeveFuzzTargets"], path: "Tests/Fuzzing/Driver", swiftSettings: settings,
            linkerSettings: [.unsafeFlags(["-sanitize=address", fuzzer, "-lstdc++"])]))
}
