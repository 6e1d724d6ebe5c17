import ReeveDaemon

extension FuzzTarget {
    /// A configuration file: a fault, or a configuration that is the same when it is printed and read again.
    static let configuration = FuzzTarget(name: "configuration", longest: 2048) { input in
        // As the loader does with a file.
        guard let string = String(validating: input, as: UTF8.self) else { return nil }
        let configuration: Configuration
        do throws(ConfigurationFault) { configuration = try ConfigurationLoader.parse(string, file: "f", home: "/h") } catch {
            return nil
        }
        let shown = ConfigurationText.render(configuration)
        do throws(ConfigurationFault) {
            let again = ConfigurationText.render(try ConfigurationLoader.parse(shown, file: "shown", home: "/h"))
            return again == shown ? nil : "printed \(shown), and read again \(again)"
        } catch {
            return "printed \(shown), and refused: \(error)"
        }
    }
}
