import RheiArrow
package import RheiCore

/// A call of a scalar function in an expression: one instance per worker, for it keeps prepared patterns and scratch.
@safe package final class ScalarFunctionCall {
    private let function: ScalarFunction
    private let context: FunctionContext
    private let datums: UnsafeMutablePointer<Datum>
    private let argumentCount: Int

    /// - Parameters:
    ///   - statementTime: what `now` means, in milliseconds of the Julian day (``StatementTime/now()``).
    ///   - collation: of MIN, MAX and NULLIF.
    /// - Throws: `unknownName` for a function that does not exist, `typeMismatch` for a wrong number of arguments.
    package init(
        name: String, argumentCount: Int, collation: TextCollation = .binary,
        statementTime: Int64 = StatementTime.now()
    ) throws(EngineError) {
        function = try ScalarFunctionTable.find(name, argumentCount: argumentCount)
        context = FunctionContext(arena: StringArena(), collation: collation, statementTime: statementTime)
        self.argumentCount = argumentCount
        unsafe datums = .allocate(capacity: max(argumentCount, 1))
        unsafe datums.initialize(repeating: .null, count: max(argumentCount, 1))
    }

    deinit { unsafe datums.deallocate() }

    /// The type rule of the function.
    package var result: ScalarResultType { function.result }

    /// Calls the function for the selected rows.
    ///
    /// - Parameters:
    ///   - arguments: as many as announced, of any types.
    ///   - arena: takes the bytes of results; lives as long as the result is used.
    ///   - output: of the type that the function's rule gives for the argument types; `any` always fits, `bool` fits
    ///     functions whose result is a truth.
    /// - Throws: what SQLite raises as an error, such as `integer overflow`; `leavesStaticType` for a value that does
    ///   not fit the output.
    package func evaluate(
        _ arguments: [ColumnVector], rows: SelectionVector, arena: StringArena, into output: VectorBuffer
    ) throws -> ColumnVector {
        defer { withExtendedLifetime(self) {} }
        context.arena = arena
        let isConstant = function.isDeterministic && arguments.allSatisfy(\.isConstant)
        let rows = isConstant ? .single : rows
        if let vectorBody = function.vectorBody,
            let result = try vectorBody(arguments, rows, context, output)
        {
            return result
        }
        for (index, argument) in arguments.enumerated() where argument.isConstant {
            unsafe datums[index] = argument.datum(0)
        }
        let varying = arguments.indices.filter { !arguments[$0].isConstant }
        let lent = unsafe FunctionArguments(datums, count: argumentCount)
        return try output.fillRows(rows, isConstant: isConstant) { row in
            for index in varying { unsafe datums[index] = arguments[index].datum(row) }
            return try function.body(lent, context)
        }
    }

    /// Calls the function once.
    package func evaluate(_ arguments: [Datum], arena: StringArena) throws -> Datum {
        defer { withExtendedLifetime(self) {} }
        context.arena = arena
        for (index, argument) in arguments.enumerated() { unsafe datums[index] = argument }
        return try function.body(unsafe FunctionArguments(datums, count: arguments.count), context)
    }
}
