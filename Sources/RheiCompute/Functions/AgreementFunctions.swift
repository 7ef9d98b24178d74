import RheiArrow
import RheiCore

/// Functions that the planner writes where SQLite's answer depends on its plan for some values: they hand on what does
/// not depend on it and raise ``EngineError/Code/leavesStaticType`` for the rest.
enum AgreementFunctions {
    static let all: [ScalarFunction] = [
        ScalarFunction("agreed_truth", 2...127, .truth) { arguments, _ in
            for index in 1..<arguments.count where !arguments[index].isIdentical(to: arguments[0]) {
                throw EngineError(
                    .leavesStaticType,
                    "a comparison whose outcome depends on the affinity that SQLite's plan gives a column")
            }
            return arguments[0]
        },
        // A value and the set of the affinities that it may be converted to: text 1, numeric 2, real 4.
        ScalarFunction("kept_by_affinity", 2, .argument(0)) { arguments, context in
            let value = arguments[0]
            let affinities = arguments[1].integer
            let isKept =
                switch value.storageClass {
                case .null, .blob: true
                case .integer: affinities & 5 == 0
                case .real: affinities & 1 == 0 && (affinities & 2 == 0 || !value.hasIntegerValue)
                case .text:
                    affinities & 6 == 0
                        || value.applying(affinity: .numeric, arena: context.arena).storageClass == .text
                }
            if isKept { return value }
            throw EngineError(
                .leavesStaticType, "a value that changes with the affinity that SQLite's plan gives its column")
        },
    ]
}

extension Datum {
    /// Whether a real is one of the integers of 64 bits.
    fileprivate var hasIntegerValue: Bool { Int64(exactly: real) != nil }
}
