import RheiArrow

/// A scalar function as the binder knows it; how it is computed the executor's function table knows by the same name.
struct ScalarFunction: Sendable {
    /// How the type of the result follows from the arguments.
    enum ResultType: Sendable {
        case fixed(DataType)
        /// The number type of the first argument; of text and blobs a real.
        case absolute
        /// An integer stays one, a real too; of other values the kind is known per row.
        case number
        /// Bytes of a blob are a blob, of everything else text.
        case substring
        /// Text; but `replace` of nothing leaves a number as it is.
        case replaced
        /// The type of all arguments, or `any`.
        case common
    }

    var argumentCount: ClosedRange<Int>
    var result: ResultType
    /// Whether equal arguments always give equal results, so that a call of constants may be computed when planning.
    var isDeterministic = true

    init(_ argumentCount: ClosedRange<Int>, _ result: ResultType, isDeterministic: Bool = true) {
        self.argumentCount = argumentCount
        self.result = result
        self.isDeterministic = isDeterministic
    }

    /// The static type of a call.
    func resultType(of arguments: [DataType]) -> DataType {
        let first = arguments.first ?? .null
        switch result {
        case .fixed(let type): return type
        case .common: return TypeRules.common(arguments)
        case .absolute:
            switch first {
            case .int64, .any: return first
            default: return .float64
            }
        case .number: return first == .int64 || first == .float64 ? first : .any
        case .replaced: return first == .int64 || first == .float64 || first == .any ? .any : .utf8View
        case .substring:
            switch first {
            case .binaryView, .any: return first
            default: return .utf8View
            }
        }
    }
}

extension ScalarFunction {
    private static let any = 127

    /// SQLite 3.40's scalar functions by lower-case name, apart from those that the binder expands (coalesce, ifnull,
    /// iif, nullif, likely, unlikely, likelihood) and those it types by all arguments (min, max).
    static let catalog: [String: ScalarFunction] = [core, math, dates, json, extensions].reduce(into: [:]) {
        all, part in all.merge(part) { first, _ in first }
    }

    private static let core: [String: ScalarFunction] = [
        "abs": .init(1...1, .absolute),
        "char": .init(0...any, .fixed(.utf8View)),
        "format": .init(0...any, .fixed(.utf8View)),
        "glob": .init(2...2, .fixed(.bool)),
        "hex": .init(1...1, .fixed(.utf8View)),
        "instr": .init(2...2, .fixed(.int64)),
        "length": .init(1...1, .fixed(.int64)),
        "like": .init(2...3, .fixed(.bool)),
        "lower": .init(1...1, .fixed(.utf8View)),
        "ltrim": .init(1...2, .fixed(.utf8View)),
        "printf": .init(0...any, .fixed(.utf8View)),
        "quote": .init(1...1, .fixed(.utf8View)),
        "replace": .init(3...3, .replaced),
        "round": .init(1...2, .fixed(.float64)),
        "rtrim": .init(1...2, .fixed(.utf8View)),
        "sign": .init(1...1, .fixed(.int64)),
        "soundex": .init(1...1, .fixed(.utf8View)),
        "substr": .init(2...3, .substring),
        "substring": .init(2...3, .substring),
        "trim": .init(1...2, .fixed(.utf8View)),
        "typeof": .init(1...1, .fixed(.utf8View)),
        "unicode": .init(1...1, .fixed(.int64)),
        "upper": .init(1...1, .fixed(.utf8View)),
        "zeroblob": .init(1...1, .fixed(.binaryView)),
    ]

    private static let math: [String: ScalarFunction] = {
        var functions: [String: ScalarFunction] = [
            "atan2": .init(2...2, .fixed(.float64)),
            "ceil": .init(1...1, .number),
            "ceiling": .init(1...1, .number),
            "floor": .init(1...1, .number),
            "log": .init(1...2, .fixed(.float64)),
            "mod": .init(2...2, .fixed(.float64)),
            "pi": .init(0...0, .fixed(.float64)),
            "pow": .init(2...2, .fixed(.float64)),
            "power": .init(2...2, .fixed(.float64)),
            "trunc": .init(1...1, .number),
        ]
        for name in [
            "acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh", "degrees", "exp", "ln", "log10", "log2",
            "radians", "sin", "sinh", "sqrt", "tan", "tanh",
        ] {
            functions[name] = .init(1...1, .fixed(.float64))
        }
        return functions
    }()

    /// Their arguments are bound apart, see `Binder.bindJSON`.
    private static let json: [String: ScalarFunction] = [
        "json": .init(1...1, .fixed(.utf8View)),
        "json_array": .init(0...any, .fixed(.utf8View)),
        "json_array_length": .init(1...2, .fixed(.int64)),
        "json_extract": .init(0...any, .fixed(.any)),
        "json_insert": .init(1...any, .fixed(.utf8View)),
        "json_object": .init(0...any, .fixed(.utf8View)),
        "json_patch": .init(2...2, .fixed(.utf8View)),
        "json_quote": .init(1...1, .fixed(.utf8View)),
        "json_remove": .init(1...any, .fixed(.utf8View)),
        "json_replace": .init(1...any, .fixed(.utf8View)),
        "json_set": .init(1...any, .fixed(.utf8View)),
        "json_type": .init(1...2, .fixed(.utf8View)),
        "json_valid": .init(1...1, .fixed(.int64)),
    ]

    /// Functions whose texts SQLite marks as JSON.
    static let makesJSON: Set<String> = [
        "json", "json_array", "json_enclose", "json_extract_json", "json_insert", "json_object", "json_patch",
        "json_quote", "json_remove", "json_replace", "json_set", "->",
    ]

    /// What SQLite 3.40 lacks and analysts expect.
    private static let extensions: [String: ScalarFunction] = [
        "ascii": .init(1...1, .fixed(.int64)),
        "sample_number": .init(2...2, .fixed(.int64), isDeterministic: false),
        "bit_count": .init(1...1, .fixed(.int64)),
        "cbrt": .init(1...1, .fixed(.float64)),
        "concat": .init(0...any, .fixed(.utf8View)),
        "concat_ws": .init(1...any, .fixed(.utf8View)),
        "contains": .init(2...2, .fixed(.bool)),
        "ends_with": .init(2...2, .fixed(.bool)),
        "factorial": .init(1...1, .fixed(.int64)),
        "gcd": .init(2...2, .fixed(.int64)),
        "greatest": .init(1...any, .common),
        "isfinite": .init(1...1, .fixed(.bool)),
        "isinf": .init(1...1, .fixed(.bool)),
        "lcm": .init(2...2, .fixed(.int64)),
        "least": .init(1...any, .common),
        "left": .init(2...2, .fixed(.utf8View)),
        "levenshtein": .init(2...2, .fixed(.int64)),
        "lpad": .init(2...3, .fixed(.utf8View)),
        "octet_length": .init(1...1, .fixed(.int64)),
        "prefix": .init(2...2, .fixed(.bool)),
        "regexp_count": .init(2...3, .fixed(.int64)),
        "regexp_extract": .init(2...4, .fixed(.utf8View)),
        "regexp_full_match": .init(2...3, .fixed(.bool)),
        "regexp_matches": .init(2...3, .fixed(.bool)),
        "regexp_replace": .init(3...4, .fixed(.utf8View)),
        "repeat": .init(2...2, .fixed(.utf8View)),
        "reverse": .init(1...1, .fixed(.utf8View)),
        "right": .init(2...2, .fixed(.utf8View)),
        "rpad": .init(2...3, .fixed(.utf8View)),
        "split_part": .init(3...3, .fixed(.utf8View)),
        "starts_with": .init(2...2, .fixed(.bool)),
        "suffix": .init(2...2, .fixed(.bool)),
        "translate": .init(3...3, .fixed(.utf8View)),
        "xor": .init(2...2, .fixed(.int64)),
    ]

    /// Other names of functions.
    static let synonyms: [String: String] = [
        "char_length": "length", "character_length": "length", "chr": "char", "editdist3": "levenshtein",
        "lcase": "lower", "len": "length", "strlen": "octet_length", "strpos": "instr", "ucase": "upper",
    ]

    /// They read the clock when an argument says so, so they are never computed ahead.
    private static let dates: [String: ScalarFunction] = [
        "date": .init(0...any, .fixed(.utf8View), isDeterministic: false),
        "datetime": .init(0...any, .fixed(.utf8View), isDeterministic: false),
        "julianday": .init(0...any, .fixed(.float64), isDeterministic: false),
        "strftime": .init(1...any, .fixed(.utf8View), isDeterministic: false),
        "time": .init(0...any, .fixed(.utf8View), isDeterministic: false),
        "unixepoch": .init(0...any, .fixed(.int64), isDeterministic: false),
    ]

    /// Functions that SQLite has and this engine refuses by name.
    static func refusal(of name: String) -> String? {
        if windowFunctions.contains(name) { return "window functions" }
        if connectionFunctions.contains(name) { return "function \(name)()" }
        return missing.contains(name) ? "function \(name)()" : nil
    }

    private static let windowFunctions: Set<String> = [
        "row_number", "rank", "dense_rank", "percent_rank", "cume_dist", "ntile", "lag", "lead", "first_value",
        "last_value", "nth_value",
    ]
    /// Functions whose results depend on the connection or on chance.
    private static let connectionFunctions: Set<String> = [
        "random", "randomblob", "changes", "total_changes", "last_insert_rowid", "sqlite_version",
        "sqlite_source_id", "sqlite_compileoption_get", "sqlite_compileoption_used", "sqlite_offset", "load_extension",
        "subtype", "sqlite_log", "match", "highlight", "bm25", "snippet",
    ]
    private static let missing: Set<String> = [
        "median", "quantile", "mode", "stddev", "stddev_pop", "stddev_samp", "variance", "var_pop", "var_samp", "corr",
        "approx_count_distinct", "string_agg",
        "percentile", "percentile_cont", "percentile_disc", "any_value", "arg_min", "arg_max",
    ]

    /// The names that a misspelt function may have meant.
    static var names: [String] {
        Array(catalog.keys) + [
            "json_group_array", "json_group_object", "coalesce", "ifnull", "iif", "nullif", "min", "max", "count",
            "sum", "total", "avg", "group_concat",
        ]
    }

    /// Whether a call of this function with constants may be computed when planning.
    static func isDeterministic(_ name: String) -> Bool { catalog[name]?.isDeterministic ?? true }
}
