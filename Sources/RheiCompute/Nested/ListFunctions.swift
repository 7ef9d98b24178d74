import RheiArrow
import RheiCore

/// Functions on lists. The first argument is the ``NestedType/code`` of the elements' type, of `nested_…` that of the
/// value itself; places count from 1, from the end where negative.
enum ListFunctions {
    static let all: [ScalarFunction] = [
        ScalarFunction("list_value", 1...1_000, .blob) { arguments, context in
            let type = try context.nestedType(arguments[0])
            return context.makeBlob { bytes in
                for index in 1..<arguments.count { NestedWriter.append(arguments[index], type, to: &bytes) }
                bytes.append(NestedMark.end)
            }
        },
        ScalarFunction("list_extract", 3, .any) { arguments, context in
            if arguments.hasNull { return .null }
            let type = try context.nestedType(arguments[0])
            return element(of: arguments[1], type, at: arguments[2].integerValue, context.arena)
        },
        ScalarFunction("list_slice", 4, .blob) { arguments, context in
            if arguments.hasNull { return .null }
            let elements = arguments[1].elementBytes(try context.nestedType(arguments[0]))
            let range = places(arguments[2].integerValue, arguments[3].integerValue, count: elements.count)
            return context.arena.storeList(elements[range])
        },
        ScalarFunction("list_length", 2, .integer) { arguments, context in
            if arguments.hasNull { return .null }
            return .integer(Int64(count(of: arguments[1], try context.nestedType(arguments[0]))))
        },
        ScalarFunction("list_position", 3, .integer) { arguments, context in
            if arguments[1].isNull { return .null }
            return try position(arguments, context).map { .integer(Int64($0 + 1)) } ?? .null
        },
        ScalarFunction("list_contains", 3, .integer) { arguments, context in
            if arguments.hasNull { return .null }
            return .integer(try position(arguments, context) == nil ? 0 : 1)
        },
        // Whether a list holds any, or all, of the values of another that are not null.
        ScalarFunction("list_has_any", 3, .integer) { arguments, context in
            try compareSets(arguments, context) { own, other in other.contains { own.contains($0) } }
        },
        ScalarFunction("list_has_all", 3, .integer) { arguments, context in
            try compareSets(arguments, context) { own, other in other.allSatisfy { own.contains($0) } }
        },
        // Of lists that are null nothing is taken; NULL where all are.
        ScalarFunction("list_concat", 1...1_000, .blob) { arguments, context in
            let type = try context.nestedType(arguments[0])
            let lists = (1..<arguments.count).map { arguments[$0] }.filter { !$0.isNull }
            if lists.isEmpty { return .null }
            return context.arena.storeList(lists.flatMap { $0.elementBytes(type) })
        },
        ScalarFunction("list_reverse", 2, .blob) { arguments, context in
            if arguments.hasNull { return .null }
            return context.arena.storeList(
                arguments[1].elementBytes(try context.nestedType(arguments[0])).reversed())
        },
        // List, whether descending, whether nulls come first.
        ScalarFunction("list_sort", 4, .blob) { arguments, context in
            if arguments.hasNull { return .null }
            return sorted(
                arguments[1].elementBytes(try context.nestedType(arguments[0])), context,
                isDescending: arguments[2].integer != 0, nullsFirst: arguments[3].integer != 0)
        },
        // The values that are not null, each once, in the order in which they come first.
        ScalarFunction("list_distinct", 2, .blob) { arguments, context in
            if arguments.hasNull { return .null }
            var seen = Set<[UInt8]>()
            let elements = arguments[1].elementBytes(try context.nestedType(arguments[0]))
            return context.arena.storeList(elements.filter { $0[0] == NestedMark.value && seen.insert($0).inserted })
        },
        ScalarFunction("list_unique", 2, .integer) { arguments, context in
            if arguments.hasNull { return .null }
            let elements = arguments[1].elementBytes(try context.nestedType(arguments[0]))
            return .integer(Int64(Set(elements.filter { $0[0] == NestedMark.value }).count))
        },
        // A list of lists, whose elements are the elements of the result.
        ScalarFunction("list_flatten", 2, .blob) { arguments, context in
            if arguments.hasNull { return .null }
            let type = try context.nestedType(arguments[0])
            let lists = arguments[1].elements(.list(type), context.arena).filter { !$0.isNull }
            return context.arena.storeList(lists.flatMap { $0.elementBytes(type) })
        },
        ScalarFunction("list_of_text", 2, .blob) { arguments, context in
            if arguments.hasNull { return .null }
            let text = arguments[0].textValue(context.arena).withRun { $0.array }
            let separator = arguments[1].textValue(context.arena).withRun { $0.array }
            let parts = split(text, separator).map { Datum.text(context.arena.store($0)) }
            return context.arena.storeList(parts, .text)
        },
        ScalarFunction("list_text", 3, .text) { arguments, context in
            if arguments.hasNull { return .null }
            let type = try context.nestedType(arguments[0])
            let separator = arguments[2].textValue(context.arena).withRun { $0.array }
            let elements = arguments[1].elements(type, context.arena).filter { !$0.isNull }
            return context.makeText { bytes in
                for (index, element) in elements.enumerated() {
                    if index > 0 { bytes += separator }
                    bytes += NestedText.text(of: element, type)
                }
            }
        },
        // Integers from start to stop; whether stop itself counts.
        ScalarFunction("list_of_integers", 4, .blob) { arguments, context in
            if arguments.hasNull { return .null }
            let series = Series(
                start: arguments[0].integer, stop: arguments[1].integer, step: arguments[2].integer,
                isClosed: arguments[3].integer != 0)
            guard let count = series.count(atMost: 1_000_000) else {
                throw EngineError(.invalidArgument, "range() of more than 1000000 numbers")
            }
            return context.arena.storeList((0..<count).map { .integer(series[$0]) }, .integer)
        },
    ]

    static func count(of list: Datum, _ type: NestedType) -> Int {
        list.slot.withRun { run in
            var reader = NestedReader(run)
            var count = 0
            while reader.hasElement() {
                _ = reader.skip(type)
                count += 1
            }
            return count
        }
    }

    static func element(of list: Datum, _ type: NestedType, at place: Int64, _ arena: StringArena) -> Datum {
        if place == 0 { return .null }
        let length = place < 0 ? count(of: list, type) : 0
        let index = place < 0 ? Int64(length) + place : place - 1
        if index < 0 { return .null }
        return list.slot.withRun { run in
            var reader = NestedReader(run)
            var passed: Int64 = 0
            while reader.hasElement() {
                if passed == index { return reader.next(type, arena) }
                _ = reader.skip(type)
                passed += 1
            }
            return .null
        }
    }

    /// The elements from one place to another, both included.
    static func places(_ first: Int64, _ last: Int64, count: Int) -> Range<Int> {
        let length = Int64(count)
        func place(_ written: Int64) -> Int64 { written < 0 ? max(written, -length - 1) + length + 1 : written }
        let start = max(place(first), 1)
        let end = min(place(last), length)
        return start > end ? 0..<0 : Int(start - 1)..<Int(end)
    }

    private static func position(_ arguments: FunctionArguments, _ context: FunctionContext) throws -> Int? {
        let type = try context.nestedType(arguments[0])
        var wanted: [UInt8] = []
        NestedWriter.append(arguments[2], type, to: &wanted)
        return arguments[1].elementBytes(type).firstIndex(of: wanted)
    }

    private static func compareSets(
        _ arguments: FunctionArguments, _ context: FunctionContext,
        _ holds: (Set<[UInt8]>, Set<[UInt8]>) -> Bool
    ) throws -> Datum {
        if arguments.hasNull { return .null }
        let type = try context.nestedType(arguments[0])
        let sets = [arguments[1], arguments[2]].map { list in
            Set(list.elementBytes(type).filter { $0[0] == NestedMark.value })
        }
        return .integer(holds(sets[0], sets[1]) ? 1 : 0)
    }

    private static func sorted(
        _ elements: [[UInt8]], _ context: FunctionContext, isDescending: Bool, nullsFirst: Bool
    ) -> Datum {
        let nulls = elements.filter { $0[0] == NestedMark.null }
        var values = elements.filter { $0[0] == NestedMark.value }
        values.sort { first, second in
            isDescending ? second.lexicographicallyPrecedes(first) : first.lexicographicallyPrecedes(second)
        }
        return context.arena.storeList(nullsFirst ? nulls + values : values + nulls)
    }

    private static func split(_ text: [UInt8], _ separator: [UInt8]) -> [ArraySlice<UInt8>] {
        if separator.isEmpty {
            let characters = String(decoding: text, as: UTF8.self).unicodeScalars.map { Array(String($0).utf8)[...] }
            return characters.isEmpty ? [[]] : characters
        }
        var parts: [ArraySlice<UInt8>] = []
        var start = 0
        var index = 0
        while index + separator.count <= text.count {
            if text[index..<index + separator.count].elementsEqual(separator) {
                parts.append(text[start..<index])
                index += separator.count
                start = index
            } else {
                index += 1
            }
        }
        return parts + [text[start...]]
    }
}

/// The numbers from one to another.
struct Series {
    var start: Int64
    var stop: Int64
    var step: Int64
    /// Whether the stop counts.
    var isClosed: Bool

    /// How many there are; nil where there are more.
    func count(atMost limit: Int) -> Int? {
        if step == 0 { return 0 }
        let distance = step > 0 ? Int128(stop) - Int128(start) : Int128(start) - Int128(stop)
        let width = Int128(step.magnitude)
        let count =
            isClosed ? (distance < 0 ? 0 : distance / width + 1) : (distance <= 0 ? 0 : (distance + width - 1) / width)
        return count <= Int128(limit) ? Int(count) : nil
    }

    subscript(index: Int) -> Int64 { start &+ Int64(index) &* step }
}

extension StringArena {
    fileprivate func store(_ bytes: ArraySlice<UInt8>) -> StringValue { store(Array(bytes)) }
}

extension FunctionContext {
    /// Returns a blob of the bytes that `body` appends.
    func makeBlob(_ body: (inout [UInt8]) throws -> Void) rethrows -> Datum {
        .blob(try makeBytes(body))
    }
}
