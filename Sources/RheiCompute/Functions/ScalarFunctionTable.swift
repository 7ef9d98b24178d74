package import RheiCore

/// The scalar functions of SQLite 3.40 that depend on nothing but their arguments and the time, by name and number of
/// arguments. Functions about the connection (`changes`, `last_insert_rowid`…) are not here.
package enum ScalarFunctionTable {
    /// All functions; a name may occur more than once with different numbers of arguments.
    package static let all: [ScalarFunction] =
        TextFunctions.all + NumberFunctions.all + ValueFunctions.all + MathFunctions.all + DateFunctions.all
        + JSONFunctions.all + DecimalFunctions.all + CalendarFunctions.all
        + RegexFunctions.all + TextExtensions.all + NumberExtensions.all + AgreementFunctions.all
        + ListFunctions.all + StructFunctions.all + ListAggregates.all + IntervalFunctions.all + TimestampFormat.all

    private static let byName: [String: [ScalarFunction]] = Dictionary(grouping: all, by: \.name)

    /// Whether a function of that name exists; names are in lower case.
    package static func contains(_ name: String) -> Bool { byName[name] != nil }

    /// Returns the function of a name, in lower case, that takes this many arguments.
    ///
    /// - Throws: `unknownName`, or `typeMismatch` where the name exists with other numbers of arguments.
    package static func find(_ name: String, argumentCount: Int) throws(EngineError) -> ScalarFunction {
        guard let candidates = byName[name] else { throw EngineError(.unknownName, "no such function: \(name)") }
        for function in candidates where function.argumentCounts.contains(argumentCount) { return function }
        throw EngineError(.typeMismatch, "wrong number of arguments to function \(name)()")
    }
}
