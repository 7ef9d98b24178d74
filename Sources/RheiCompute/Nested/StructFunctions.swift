import RheiArrow
import RheiCore

/// Functions on structs and on nested values of any kind; the first argument is the ``NestedType/code`` of their type.
enum StructFunctions {
    static let all: [ScalarFunction] = [
        ScalarFunction("struct_value", 1...1_000, .blob) { arguments, context in
            let members = try members(arguments[0], context)
            guard members.count == arguments.count - 1 else {
                throw EngineError(.invariant, "a struct of \(members.count) fields got \(arguments.count - 1) values")
            }
            return context.makeBlob { bytes in
                for (index, member) in members.enumerated() {
                    NestedWriter.append(arguments[index + 1], member.type, to: &bytes)
                }
            }
        },
        // A field by its place from 0.
        ScalarFunction("struct_extract", 3, .any) { arguments, context in
            if arguments.hasNull { return .null }
            let members = try members(arguments[0], context)
            let place = Int(arguments[2].integer)
            guard members.indices.contains(place) else { return .null }
            return arguments[1].slot.withRun { run in
                var reader = NestedReader(run)
                for member in members[..<place] { _ = reader.skip(member.type) }
                return reader.next(members[place].type, context.arena)
            }
        },
        ScalarFunction("nested_text", 2, .text) { arguments, context in
            if arguments.hasNull { return .null }
            let type = try context.nestedType(arguments[0])
            return .text(context.arena.store(NestedText.text(of: arguments[1], type)))
        },
        // The type of the value, the type wanted, the value.
        ScalarFunction("nested_convert", 3, .any) { arguments, context in
            if arguments.hasNull { return .null }
            let source = try context.nestedType(arguments[0])
            let target = try context.nestedType(arguments[1])
            return try NestedConversion.convert(arguments[2], source, to: target, context.arena)
        },
        ScalarFunction("decimal_bytes", 1, .blob, vectorBody: decimalBytes) { arguments, context in
            if arguments.hasNull { return .null }
            return .blob(context.arena.store(NestedConversion.bytes(of: Int128(arguments[0].integer))))
        },
        ScalarFunction("decimal_of_bytes", 1, .any, vectorBody: decimalOfBytes) { arguments, _ in
            throw EngineError(.invariant, "a decimal of bytes where none is wanted")
        },
    ]

    private static func members(_ code: Datum, _ context: FunctionContext) throws -> [NestedType.Member] {
        guard case .structure(let members) = try context.nestedType(code) else {
            throw EngineError(.invariant, "a function on structs got another type")
        }
        return members
    }

    @Sendable private static func decimalBytes(
        _ arguments: [ColumnVector], _ rows: SelectionVector, _ context: FunctionContext, _ output: VectorBuffer
    ) throws -> ColumnVector? {
        let input = arguments[0]
        guard input.type == .int128 else { return nil }
        let values = input.elements(Int128.self)
        return try output.fillRows(rows, isConstant: input.isConstant) { row in
            guard input.isValid(row) else { return .null }
            let value = values[input.isConstant ? 0 : row]
            return .blob(context.arena.store(NestedConversion.bytes(of: value)))
        }
    }

    @Sendable private static func decimalOfBytes(
        _ arguments: [ColumnVector], _ rows: SelectionVector, _ context: FunctionContext, _ output: VectorBuffer
    ) throws -> ColumnVector? {
        let input = arguments[0]
        if input.isNullConstant { return output.constantNull() }
        if output.type == .int64 {
            let result = output.vector(isConstant: input.isConstant).elements(Int64.self)
            rows.forEach { row in
                // Of at most 18 digits, for the column's type has no more.
                if input.isValid(row) { result[row] = Int64(truncatingIfNeeded: input.datum(row).unscaled) }
            }
            return output.propagatingNulls(input, rowCount: rows.rowCount)
        }
        guard output.type == .int128 else { return nil }
        let result = output.vector(isConstant: input.isConstant).elements(Int128.self)
        rows.forEach { row in
            if input.isValid(row) { result[row] = input.datum(row).unscaled }
        }
        return output.propagatingNulls(input, rowCount: rows.rowCount)
    }
}
