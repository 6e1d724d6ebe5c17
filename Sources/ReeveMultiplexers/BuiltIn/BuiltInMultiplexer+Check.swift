import Processes
package import ReeveModel

extension BuiltInMultiplexer {
    package func check() async -> MultiplexerCheck {
        ProgramFile.isProgram(settings.program)
            ? MultiplexerCheck(isInstalled: true, findings: [.fine("reeve-terminal is beside reeved")])
            : MultiplexerCheck(
                isInstalled: false,
                findings: [.fault("no program at \(settings.program)", mend: "make install puts it beside reeved")])
    }
}
