/// The comparison operators of SQL.
package enum CompareOperation: UInt8, Sendable, CaseIterable {
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
    /// `IS`: equal, or both null; never null itself.
    case isNotDistinct
    /// `IS NOT`.
    case isDistinct

    /// The operator that gives the same answer with its operands exchanged.
    package var flipped: CompareOperation {
        switch self {
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        case .equal, .notEqual, .isNotDistinct, .isDistinct: self
        }
    }

    /// Whether the answer is never null.
    package var isNullSafe: Bool { self == .isNotDistinct || self == .isDistinct }

    /// The answer for two values whose order (negative, zero, positive) is known.
    package func holds(_ order: Int) -> Bool {
        switch self {
        case .equal, .isNotDistinct: order == 0
        case .notEqual, .isDistinct: order != 0
        case .less: order < 0
        case .lessOrEqual: order <= 0
        case .greater: order > 0
        case .greaterOrEqual: order >= 0
        }
    }
}

/// A comparison operator as a type, so that loops are specialised for it.
protocol ComparisonTest {
    static func test<Value: Comparable>(_ left: Value, _ right: Value) -> Bool
}

enum EqualTest: ComparisonTest {
    @inline(__always) static func test<Value: Comparable>(_ left: Value, _ right: Value) -> Bool { left == right }
}
enum NotEqualTest: ComparisonTest {
    @inline(__always) static func test<Value: Comparable>(_ left: Value, _ right: Value) -> Bool { left != right }
}
enum LessTest: ComparisonTest {
    @inline(__always) static func test<Value: Comparable>(_ left: Value, _ right: Value) -> Bool { left < right }
}
enum LessOrEqualTest: ComparisonTest {
    @inline(__always) static func test<Value: Comparable>(_ left: Value, _ right: Value) -> Bool { left <= right }
}
enum GreaterTest: ComparisonTest {
    @inline(__always) static func test<Value: Comparable>(_ left: Value, _ right: Value) -> Bool { left > right }
}
enum GreaterOrEqualTest: ComparisonTest {
    @inline(__always) static func test<Value: Comparable>(_ left: Value, _ right: Value) -> Bool { left >= right }
}
