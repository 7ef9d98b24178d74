package import RheiCore

/// A call of a scalar, aggregate or window function.
package struct FunctionCall: Sendable, Equatable {
    package enum NullTreatment: String, Sendable, Equatable {
        case ignoreNulls = "IGNORE NULLS"
        case respectNulls = "RESPECT NULLS"
    }

    package var name: Identifier
    package var isDistinct: Bool = false
    /// Whether the argument list is `*`; `arguments` is empty then.
    package var isStar: Bool = false
    package var arguments: [SyntaxExpression] = []
    /// `ORDER BY` inside the parentheses.
    package var orderBy: [OrderingTerm] = []
    /// `WITHIN GROUP (ORDER BY …)`
    package var withinGroup: [OrderingTerm] = []
    package var nullTreatment: NullTreatment?
    package var filter: SyntaxExpression?
    package var over: WindowReference?
    /// The names that stand before arguments, as in `struct_pack(a := 1)`; empty when none does.
    package var argumentNames: [Identifier?] = []
    /// Of `[a, b]` the column of that name, which SQLite reads there.
    package var bracketedName: Identifier?

    package init(name: Identifier, arguments: [SyntaxExpression] = []) {
        self.name = name
        self.arguments = arguments
    }

    /// Whether the call is no more than a name and arguments.
    package var isPlain: Bool {
        !isDistinct && !isStar && orderBy.isEmpty && withinGroup.isEmpty && nullTreatment == nil && filter == nil
            && over == nil && argumentNames.isEmpty
    }
}

/// What follows `OVER`.
package enum WindowReference: Sendable, Equatable {
    /// `OVER name`
    case named(Identifier)
    /// `OVER (…)`
    case specification(WindowSpecification)
}

/// What stands in the parentheses after `OVER` or in the `WINDOW` clause.
package struct WindowSpecification: Sendable, Equatable {
    /// The window this one extends.
    package var base: Identifier?
    package var partitionBy: [SyntaxExpression]
    package var orderBy: [OrderingTerm]
    package var frame: WindowFrame?
    /// Includes the parentheses.
    @IgnoredByEquality package var range: SourceRange
}

/// The rows around the current one that a window function sees.
package struct WindowFrame: Sendable, Equatable {
    package enum Unit: String, Sendable, Equatable {
        case rows = "ROWS"
        case range = "RANGE"
        case groups = "GROUPS"
    }

    package enum Bound: Sendable, Equatable {
        case unboundedPreceding
        case preceding(SyntaxExpression)
        case currentRow
        case following(SyntaxExpression)
        case unboundedFollowing
    }

    package enum Exclusion: String, Sendable, Equatable {
        case noOthers = "NO OTHERS"
        case currentRow = "CURRENT ROW"
        case group = "GROUP"
        case ties = "TIES"
    }

    package var unit: Unit
    package var start: Bound
    /// `currentRow` if the text gives only a start.
    package var end: Bound
    /// Nil if not written.
    package var exclusion: Exclusion?
    @IgnoredByEquality package var range: SourceRange
}

/// A definition in the `WINDOW` clause.
package struct NamedWindow: Sendable, Equatable {
    package var name: Identifier
    package var specification: WindowSpecification
}
