import Foundation
import Logging
import ReeveEngine
import ReeveModel
import ReeveWorkflows
import Synchronization

/// Reads the configuration again, on SIGHUP or on request. A wrong file changes nothing.
final class Reloader: Sendable {
    private let directories: Directories
    /// What works now: the last file, except for the keys that count only at a start.
    private let inForce: Mutex<Configuration>
    private let live: LiveSettings
    private let workflows: LiveWorkflows
    private let logger: Logger
    /// There was a file at the start: one that is gone now is a fault (or an editor that is just renaming), and not "all defaults".
    private let existed: Bool

    init(
        directories: Directories, configuration: Configuration, live: LiveSettings, workflows: LiveWorkflows, logger: Logger
    ) {
        existed = FileManager.default.fileExists(atPath: directories.configuration)
        self.directories = directories
        inForce = Mutex(configuration)
        self.live = live
        self.workflows = workflows
        self.logger = logger
    }

    /// What the file has otherwise than what works until now, and which of it counts only after a restart. A key that waits for one
    /// is named at every reload until then.
    func reload() throws(ReeveError) -> (changed: [String], needsRestart: [String]) {
        let fresh: Configuration
        do throws(ConfigurationFault) {
            fresh = try ConfigurationLoader.load(
                directories.configuration, mustExist: existed || directories.namesConfiguration, home: directories.home)
        } catch {
            logger.error("configuration not reloaded", metadata: ["fault": "\(error.spoken)"])
            throw .conflict("the configuration is not reloaded: \(error.spoken)", hint: "reeve config check")
        }
        let old = inForce.withLock { inForce in
            let old = inForce
            inForce = fresh
            for key in ConfigurationKeys.all { key.keep?(old, &inForce) }
            live.replace(inForce.engine)
            return old
        }
        let types = TypeCatalog.load(folder: directories.types)
        workflows.replace(types, fresh.workflows.criteria)
        Self.tellFaults(types, logger)
        let changed = ConfigurationDifference.keys(old, fresh)
        let needsRestart = changed.filter { name in ConfigurationKeys.all.contains { $0.name == name && $0.needsRestart } }
        logger.info(
            "configuration reloaded",
            metadata: ["changed": "\(changed.joined(separator: " "))", "needs_restart": "\(needsRestart.joined(separator: " "))"])
        return (changed, needsRestart)
    }

    /// A wrong type file keeps its type from being used, and nothing else from working.
    static func tellFaults(_ types: TypeCatalog, _ logger: Logger) {
        for fault in types.faults { logger.error("a ticket type cannot be used", metadata: ["fault": "\(fault.spoken)"]) }
    }
}

/// The keys in which two configurations differ, found through their rendered text: one place knows how each key is written.
enum ConfigurationDifference {
    static func keys(_ old: Configuration, _ new: Configuration) -> [String] {
        let before = lines(old)
        let after = lines(new)
        return Set(before.keys).union(after.keys).filter { before[$0] != after[$0] }.sorted()
    }

    private static func lines(_ configuration: Configuration) -> [String: String] {
        var section = ""
        var result: [String: String] = [:]
        for line in ConfigurationText.render(configuration, showsValues: true).split(separator: "\n") {
            if line.hasPrefix("[") {
                section = String(line.dropFirst().dropLast())
            } else if let equals = line.firstIndex(of: "=") {
                let key = line[..<equals].reversed().drop { $0 == " " }.reversed()
                result["\(section).\(String(key))"] = String(line[equals...])
            }
        }
        return result
    }
}
