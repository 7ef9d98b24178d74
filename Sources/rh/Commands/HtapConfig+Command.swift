import Logging
import Rhei

extension HtapConfig {
    /// For a command, which reports errors itself.
    static func command(_ databasePath: String) -> HtapConfig {
        var config = HtapConfig(databasePath: databasePath)
        config.logger = Logger(label: "rh") { _ in SwiftLogNoOpLogHandler() }
        return config
    }
}
