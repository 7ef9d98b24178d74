import RheiArrow
import RheiCore

/// SQLite's JSON functions.
///
/// SQLite marks a text that a JSON function made, so that other JSON functions take it for JSON. Here the binder knows
/// which arguments are JSON and turns all others into it with `json_quote`: where a function below takes *values*, they
/// are JSON texts, null standing for `null`.
enum JSONFunctions {
    static let all: [ScalarFunction] =
        reading + making + [
            changing("json_set") { try set($0, $1, inserts: true, replaces: true) },
            changing("json_insert") { try set($0, $1, inserts: true, replaces: false) },
            changing("json_replace") { try set($0, $1, inserts: false, replaces: true) },
            ScalarFunction("json_remove", 1...127, .text, body: remove),
            ScalarFunction("json_patch", 2, .text, body: JSONMerge.patch),
        ]

    private static let reading: [ScalarFunction] = [
        ScalarFunction("json", 1, .text) { arguments, context in
            try parsing(arguments[0], context) { try text($0, 0, context) }
        },
        ScalarFunction("json_valid", 1, .integer) { arguments, context in
            if arguments[0].isNull { return .integer(0) }
            return .integer(read(arguments[0], context) == nil ? 0 : 1)
        },
        ScalarFunction("json_type", 1...2, .text) { arguments, context in
            try atPath(arguments, context) { .text($0.nodes[$1].kind.name) }
        },
        ScalarFunction("json_array_length", 1...2, .integer) { arguments, context in
            try atPath(arguments, context) { document, node in .integer(Int64(document.elementCount(node))) }
        },
        ScalarFunction("json_extract", 1...127, .any, body: extract),
        // As json_extract, but what it finds as a JSON text.
        ScalarFunction("json_extract_json", 1...127, .text, body: extractJSON),
        ScalarFunction("->", 2, .text) { arguments, context in
            try atShortPath(arguments, context) { try text($0, $1, context) }
        },
        ScalarFunction("->>", 2, .any) { arguments, context in
            try atShortPath(arguments, context) { try $0.value($1, context.arena) }
        },
    ]

    private static let making: [ScalarFunction] = [
        ScalarFunction("json_quote", 1, .text) { arguments, context in
            try context.makeText { try JSONText.append(arguments[0], context.arena, to: &$0) }
        },
        // A value of which only SQLite knows whether it is marked as JSON: a text may be.
        ScalarFunction("json_quote_unmarked", 1...2, .text) { arguments, context in
            let isOpen =
                arguments.count == 2
                ? arguments[1].storageClass == .text && arguments[1].slot.count > 4
                    && (arguments[1].slot == JSONKind.array.name || arguments[1].slot == JSONKind.object.name)
                : arguments[0].storageClass == .text
            if isOpen {
                throw EngineError(.leavesStaticType, "whether a text is JSON depends on how the query is carried out")
            }
            return try context.makeText { try JSONText.append(arguments[0], context.arena, to: &$0) }
        },
        ScalarFunction("json_array", 0...127, .text) { arguments, context in
            let values = JSONArguments(arguments)
            return context.makeText { output in
                output.append(0x5B)
                for index in 0..<arguments.count {
                    if index > 0 { output.append(0x2C) }
                    values.append(index, to: &output)
                }
                output.append(0x5D)
            }
        },
        // The elements of an array (kind 0) or object (kind 1) in their brackets.
        ScalarFunction("json_enclose", 2, .text) { arguments, context in
            let isObject = arguments[0].isTrue
            return context.makeText { output in
                output.append(isObject ? 0x7B : 0x5B)
                if !arguments[1].isNull { arguments[1].slot.withRun { JSONText.append($0, to: &output) } }
                output.append(isObject ? 0x7D : 0x5D)
            }
        },
        ScalarFunction("json_object", 0...127, .text, body: object),
    ]

    private static func changing(
        _ name: String, _ body: @escaping @Sendable (FunctionArguments, FunctionContext) throws -> Datum
    ) -> ScalarFunction {
        ScalarFunction(name, 1...127, .text, body: body)
    }

    // MARK: documents

    /// Reads an argument that is not null as JSON; nil when it is none.
    static func read(_ argument: Datum, _ context: FunctionContext) -> JSONDocument? {
        let bytes = argument.textValue(context.arena)
        return bytes.withRun { context.document.parse($0) } ? context.document : nil
    }

    /// Calls `body` with the document of an argument; null for null.
    static func parsing(
        _ argument: Datum, _ context: FunctionContext, _ body: (JSONDocument) throws -> Datum
    ) throws -> Datum {
        if argument.isNull { return .null }
        guard let document = read(argument, context) else { throw JSONDocument.malformed }
        return try body(document)
    }

    static func text(_ document: JSONDocument, _ node: Int, _ context: FunctionContext) throws -> Datum {
        try context.makeText { try document.append(node, arguments: nil, context.arena, to: &$0) }
    }

    private static func find(_ path: Datum, _ document: JSONDocument, _ context: FunctionContext) throws -> Int? {
        if path.isNull { return nil }
        return try path.textValue(context.arena).withRun { try JSONPath.find($0, in: document) }
    }

    /// Calls `body` with the node at the path that the second argument gives, or the root; null where there is none.
    private static func atPath(
        _ arguments: FunctionArguments, _ context: FunctionContext, _ body: (JSONDocument, Int) throws -> Datum
    ) throws -> Datum {
        try parsing(arguments[0], context) { document in
            guard arguments.count == 2 else { return try body(document, 0) }
            guard let node = try find(arguments[1], document, context) else { return .null }
            return try body(document, node)
        }
    }

    /// As ``atPath(_:_:_:)`` for the operators `->` and `->>`, which also take a label or a place alone.
    private static func atShortPath(
        _ arguments: FunctionArguments, _ context: FunctionContext, _ body: (JSONDocument, Int) throws -> Datum
    ) throws -> Datum {
        try parsing(arguments[0], context) { document in
            if arguments[1].isNull { return .null }
            let node = try arguments[1].textValue(context.arena).withRun { run in
                let path = run.upToNul
                if !path.isEmpty, path[0] == 0x24 { return try JSONPath.find(path, in: document) }
                var full: [UInt8] = [0x24]
                if !path.isEmpty, isDigit(path[0]) {
                    full.append(0x5B)
                    JSONText.append(path, to: &full)
                    full.append(0x5D)
                } else {
                    if path.isEmpty || path[0] != 0x5B { full.append(0x2E) }
                    JSONText.append(path, to: &full)
                }
                return try full.withRun { try JSONPath.find($0, in: document) }
            }
            return try node.map { try body(document, $0) } ?? .null
        }
    }

    // MARK: extracting

    private static func extract(_ arguments: FunctionArguments, _ context: FunctionContext) throws -> Datum {
        if arguments.count < 2 { return .null }
        if arguments.count > 2 { return try extractSeveral(arguments, context) }
        return try atPath(arguments, context) { try $0.value($1, context.arena) }
    }

    private static func extractJSON(_ arguments: FunctionArguments, _ context: FunctionContext) throws -> Datum {
        if arguments.count > 2 { return try extractSeveral(arguments, context) }
        let isContainer = arguments.count < 2 ? false : try foundContainer(arguments, context)
        let value = try extract(arguments, context)
        if isContainer { return value }
        return try context.makeText { try JSONText.append(value, context.arena, to: &$0) }
    }

    private static func foundContainer(_ arguments: FunctionArguments, _ context: FunctionContext) throws -> Bool {
        try atPath(arguments, context) { .integer($0.nodes[$1].kind.isContainer ? 1 : 0) }.isTrue
    }

    private static func extractSeveral(
        _ arguments: FunctionArguments, _ context: FunctionContext
    ) throws -> Datum {
        try parsing(arguments[0], context) { document in
            try context.makeText { output in
                output.append(0x5B)
                for index in 1..<arguments.count {
                    let node = try find(arguments[index], document, context)
                    if index > 1 { output.append(0x2C) }
                    if let node {
                        try document.append(node, arguments: nil, context.arena, to: &output)
                    } else {
                        output += [0x6E, 0x75, 0x6C, 0x6C]
                    }
                }
                output.append(0x5D)
            }
        }
    }

    // MARK: making and changing

    /// Labels are plain values, the values between them JSON texts.
    private static func object(_ arguments: FunctionArguments, _ context: FunctionContext) throws -> Datum {
        if arguments.count % 2 == 1 {
            throw EngineError(.invalidArgument, "json_object() requires an even number of arguments")
        }
        let values = JSONArguments(arguments)
        return try context.makeText { output in
            output.append(0x7B)
            for index in stride(from: 0, to: arguments.count, by: 2) {
                guard arguments[index].storageClass == .text else {
                    throw EngineError(.invalidArgument, "json_object() labels must be TEXT")
                }
                if index > 0 { output.append(0x2C) }
                arguments[index].slot.withRun { JSONText.appendQuoted($0, to: &output) }
                output.append(0x3A)
                values.append(index + 1, to: &output)
            }
            output.append(0x7D)
        }
    }

    /// The arguments after the first are paths and JSON texts by turns.
    private static func set(
        _ arguments: FunctionArguments, _ context: FunctionContext, inserts: Bool, replaces: Bool
    ) throws -> Datum {
        try parsing(arguments[0], context) { document in
            for index in stride(from: 1, to: arguments.count, by: 2) where !arguments[index].isNull {
                let path = arguments[index].textValue(context.arena)
                let found = try path.withRun { run -> (node: Int, isNew: Bool)? in
                    if inserts { return try JSONPath.findOrAppend(run, in: document) }
                    return try JSONPath.find(run, in: document).map { ($0, false) }
                }
                guard let found, found.isNew || replaces else { continue }
                document.change(found.node) { $0.replacement = index + 1 }
            }
            if document.change(of: 0)?.replacement != nil {
                throw EngineError(.leavesStaticType, "the path $ replaces the document by a value of any kind")
            }
            return try context.makeText {
                try document.append(0, arguments: JSONArguments(arguments), context.arena, to: &$0)
            }
        }
    }

    private static func remove(_ arguments: FunctionArguments, _ context: FunctionContext) throws -> Datum {
        try parsing(arguments[0], context) { document in
            for index in 1..<max(arguments.count, 1) {
                if arguments[index].isNull { return .null }
                guard let node = try find(arguments[index], document, context) else { continue }
                document.change(node) { $0.isRemoved = true }
            }
            if document.change(of: 0)?.isRemoved == true { return .null }
            return try text(document, 0, context)
        }
    }
}

extension JSONDocument {
    /// Number of elements of an array; 0 of everything else.
    func elementCount(_ array: Int) -> Int {
        guard nodes[array].kind == .array else { return 0 }
        var count = 0
        var index = array + 1
        while index <= array + nodes[array].count {
            count += 1
            index += nodes[index].size
        }
        return count
    }
}

extension StringValue {
    /// Whether two values of at most 12 bytes agree.
    fileprivate static func == (left: StringValue, right: StringValue) -> Bool {
        left.head == right.head && left.tail == right.tail
    }
}
