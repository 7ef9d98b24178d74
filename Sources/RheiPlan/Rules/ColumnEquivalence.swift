import RheiArrow
import RheiCore

/// The columns that a set of conditions makes equal.
///
/// Only columns of one type, compared by bytes or number, take part: then what one fulfils the other fulfils too.
struct ColumnEquivalence {
    private(set) var classes: [[Expression]] = []
    private let conditions: [Expression]

    init(_ conditions: [Expression]) {
        self.conditions = conditions
        for condition in conditions {
            if let (left, right) = Self.equality(condition) { unite(left, right) }
        }
    }

    /// The two columns of an equality that equates all of their values.
    static func equality(_ condition: Expression) -> (Expression, Expression)? {
        guard case .comparison(.equal, let left, let right, .binary) = condition, left.columnID != nil,
            right.columnID != nil, left.columnID != right.columnID, left.type == right.type, left.type != .any
        else { return nil }
        return (left, right)
    }

    private mutating func unite(_ left: Expression, _ right: Expression) {
        let first = classes.firstIndex { $0.contains(left) }
        let second = classes.firstIndex { $0.contains(right) }
        switch (first, second) {
        case (nil, nil): classes.append([left, right])
        case (let index?, nil): classes[index].append(right)
        case (nil, let index?): classes[index].append(left)
        case (let first?, let second?) where first != second:
            classes[first] += classes[second]
            classes.remove(at: second)
        default: break
        }
    }

    /// The comparisons with constants that hold for a column because they hold for one that is equal to it.
    func impliedConstants() -> [Expression] {
        var known = Set(conditions)
        var implied: [Expression] = []
        for condition in conditions {
            guard let column = Self.constantComparison(condition),
                let equals = classes.first(where: { $0.contains(column) })
            else { continue }
            for other in equals where other != column {
                let derived = condition.replacing { $0 == column ? other : nil }
                if known.insert(derived).inserted { implied.append(derived) }
            }
        }
        return implied
    }

    /// The one column that a condition compares with constants.
    private static func constantComparison(_ condition: Expression) -> Expression? {
        switch condition {
        case .comparison(let op, let left, let right, .binary):
            guard op != .isDistinct, op != .isNotDistinct else { return nil }
            if left.columnID != nil, right.literalValue != nil { return left }
            return right.columnID != nil && left.literalValue != nil ? right : nil
        case .inList(let operand, _, .binary): return operand.columnID == nil ? nil : operand
        default: return nil
        }
    }
}
