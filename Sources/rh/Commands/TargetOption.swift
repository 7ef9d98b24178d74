import ArgumentParser
import Rhei

/// `--target`: which engine answers.
enum TargetOption: String, CaseIterable, ExpressibleByArgument, Sendable {
    case auto, olap, oltp

    var hint: QueryHint {
        switch self {
        case .auto: .auto
        case .olap: .forceOlap
        case .oltp: .forceOltp
        }
    }
}
