import RheiArrow
import RheiCore

extension DataType {
    /// The form in which lists and structs of the type are held; nil for all other types.
    var nestedType: NestedType? {
        switch self {
        case .list, .largeList, .listView, .largeListView, .fixedSizeList, .struct: NestedType(self)
        default: nil
        }
    }

    /// The type of a list's elements.
    var elementType: NestedType? {
        if case .list(let element)? = nestedType { return element }
        return nil
    }
}

extension NestedType {
    /// The type as the constant that functions on nested values take first.
    var literal: Expression { .literal(.text(code), .utf8View) }

    /// The type that holds values of both; nil where there is none.
    func common(with other: NestedType) -> NestedType? {
        if self == other { return self }
        switch (self, other) {
        case (.null, let known), (let known, .null): return known
        case (.integer, .real), (.real, .integer), (.decimal, .real), (.real, .decimal): return .real
        case (.date, .timestamp), (.timestamp, .date): return .timestamp
        case (.decimal, .decimal), (.decimal, .integer), (.integer, .decimal):
            let integers = DataType.decimal128(precision: 19, scale: 0)
            let types = [self, other].map { $0 == .integer ? integers : $0.dataType }
            return DataType.commonDecimal(types[0], types[1]).flatMap(NestedType.init)
        case (.list(let first), .list(let second)): return first.common(with: second).map { .list($0) }
        case (.structure(let first), .structure(let second)):
            guard first.count == second.count else { return nil }
            var members: [Member] = []
            for (left, right) in zip(first, second) {
                guard left.name == right.name, let type = left.type.common(with: right.type) else { return nil }
                members.append(Member(name: left.name, type: type))
            }
            return .structure(members)
        default: return nil
        }
    }
}

extension Expression {
    /// Yields a value of a type from a call whose decimals are bytes.
    static func nestedCall(_ name: String, _ arguments: [Expression], _ type: NestedType) -> Expression {
        if case .decimal = type {
            return .call("decimal_of_bytes", [.call(name, arguments, .binaryView)], type.dataType)
        }
        return .call(name, arguments, type.dataType)
    }

    /// The value as functions on nested values take it: of decimals the bytes.
    var nestedArgument: Expression {
        if case .decimal128 = type { return .call("decimal_bytes", [self], .binaryView) }
        return self
    }
}

extension Binder {
    /// The text of a list or struct.
    static func nestedText(_ value: Expression) -> Expression {
        guard let type = value.type.nestedType else { return value }
        return .call("nested_text", [type.literal, value], .utf8View)
    }

    /// Converts a value to a type of nested values.
    ///
    /// - Throws: `typeMismatch` where there is no such conversion.
    static func convertNested(_ value: Expression, to target: NestedType) throws -> Expression {
        let type = target.dataType
        if value.isNullLiteral { return .literal(.null, type) }
        if let own = value.type.nestedType {
            if own == target { return value.type == type ? value : .cast(value, .represent, type) }
            guard own.common(with: target) != nil || own.converts(to: target) else {
                throw ConversionError.cannot(value.type, type)
            }
            return .call("nested_convert", [own.literal, target.literal, value], type)
        }
        if target.isNested { throw ConversionError.cannot(value.type, type) }
        return try convert(value, to: type)
    }

    /// Brings the elements of a list to one type.
    static func unifiedElements(_ values: [BoundExpression]) throws -> (values: [Expression], type: NestedType) {
        var type = NestedType.null
        let isDecimal = values.contains { if case .decimal128 = $0.type { true } else { false } }
        let readings = values.map { isDecimal ? $0.explicitReading : $0.isExplicit ? $0.expression : $0.data }
        for reading in readings {
            guard let own = NestedType(reading.type) else {
                throw EngineError.unsupported("\(reading.type.sqlName) values in a list")
            }
            guard let common = type.common(with: own) else {
                throw EngineError(
                    .typeMismatch, "a list of \(type.dataType.sqlName) and \(reading.type.sqlName) values")
            }
            type = common
        }
        return (try readings.map { try convertNested($0, to: type) }, type)
    }

    /// Refuses lists and structs whose values do not compare as their bytes do.
    static func refuseIncomparable(_ type: DataType, _ construct: String) throws {
        if let nested = type.nestedType, !nested.isComparable {
            throw EngineError.unsupported("\(construct) of \(type.sqlName)")
        }
    }
}

extension NestedType {
    /// Whether CAST converts values to a type, though not without loss.
    fileprivate func converts(to target: NestedType) -> Bool {
        switch (self, target) {
        case (.list(let first), .list(let second)): return first.converts(to: second)
        case (.null, _), (_, .text), (.real, .integer), (.integer, .real), (.timestamp, .date), (.date, .timestamp):
            return true
        case (.decimal, .decimal), (.integer, .decimal), (.decimal, .real): return true
        default: return self == target
        }
    }
}
