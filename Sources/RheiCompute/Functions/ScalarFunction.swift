/// The type of a function's result, as the planner needs to know it before anything runs. Every function may also
/// yield null.
package enum ScalarResultType: Hashable, Sendable {
    case integer, real, text, blob
    /// Known per row only.
    case any
    /// 0 or 1: an `int64`, or a `bool` where the planner asks for one.
    case truth
    /// The type of the argument at this index.
    case argument(Int)
    /// The type that all arguments from this index on share (nulls aside), else `any`.
    case common(from: Int)
    /// The argument's type when it is an integer or a real; `float64` for text and blobs, else `any` (ABS).
    case absolute
    /// `int64` for an integer, `float64` for a real, else `any` (CEIL, FLOOR, TRUNC).
    case rounded
    /// `blob` for a blob, `any` for `any`, else `text` (SUBSTR).
    case slice
}

extension ScalarResultType {
    /// Returns the type of the result for arguments of these types; nil stands for the literal NULL.
    package func vectorType(for arguments: [VectorType?]) -> VectorType {
        let first = arguments.first ?? nil
        switch self {
        case .integer, .truth: return .int64
        case .real: return .float64
        case .text: return .text
        case .blob: return .blob
        case .any: return .any
        case .argument(let index): return index < arguments.count ? arguments[index]?.sqlType ?? .int64 : .any
        case .common(let start): return Self.common(arguments.dropFirst(start))
        case .absolute:
            switch first?.sqlType {
            case .int64: return .int64
            case .any: return .any
            default: return .float64
            }
        case .rounded:
            switch first?.sqlType {
            case .int64: return .int64
            case .float64: return .float64
            default: return .any
            }
        case .slice:
            switch first {
            case .blob: return .blob
            case .any: return .any
            default: return .text
            }
        }
    }

    private static func common(_ arguments: ArraySlice<VectorType?>) -> VectorType {
        let present = arguments.compactMap { $0?.sqlType }
        guard let first = present.first else { return .int64 }
        return present.allSatisfy { $0 == first } ? first : .any
    }
}

extension VectorType {
    /// The type of a SQL value computed from values of this type: integers are `int64`, reals `float64`.
    var sqlType: VectorType {
        switch self {
        case .bool, .int8, .int16, .int32, .int64, .int128: .int64
        case .float32, .float64: .float64
        case .text, .blob, .any: self
        }
    }
}

/// A scalar function of SQLite by its name.
package struct ScalarFunction: Sendable {
    typealias Body = @Sendable (FunctionArguments, FunctionContext) throws -> Datum
    /// Computes whole vectors; nil when it has no loop for the types at hand.
    typealias VectorBody =
        @Sendable ([ColumnVector], SelectionVector, FunctionContext, VectorBuffer) throws -> ColumnVector?

    /// In lower case.
    package let name: String
    package let argumentCounts: ClosedRange<Int>
    package let result: ScalarResultType
    /// Whether equal arguments give equal results within a statement.
    package let isDeterministic: Bool
    let body: Body
    let vectorBody: VectorBody?

    init(
        _ name: String, _ argumentCounts: ClosedRange<Int>, _ result: ScalarResultType,
        isDeterministic: Bool = true, vectorBody: VectorBody? = nil, body: @escaping Body
    ) {
        self.name = name
        self.argumentCounts = argumentCounts
        self.result = result
        self.isDeterministic = isDeterministic
        self.body = body
        self.vectorBody = vectorBody
    }

    init(
        _ name: String, _ argumentCount: Int, _ result: ScalarResultType, vectorBody: VectorBody? = nil,
        body: @escaping Body
    ) {
        self.init(name, argumentCount...argumentCount, result, vectorBody: vectorBody, body: body)
    }
}
