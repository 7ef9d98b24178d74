import RheiArrow
import RheiCore

/// Nested values as text: `[1, NULL, it]`, `{'a': 1, 'b': [x]}`, `(1, x)`; text that could be taken for something else
/// stands in quotes.
enum NestedText {
    /// The text of a value that is not null.
    static func text(of value: Datum, _ type: NestedType) -> [UInt8] {
        var bytes: [UInt8] = []
        append(value, type, isInside: false, StringArena(), to: &bytes)
        return bytes
    }

    private static func append(
        _ value: Datum, _ type: NestedType, isInside: Bool, _ arena: StringArena, to bytes: inout [UInt8]
    ) {
        if value.isNull {
            bytes += "NULL".utf8
            return
        }
        switch type {
        case .null: bytes += "NULL".utf8
        case .integer: bytes += String(value.integer).utf8
        case .real: bytes += arena.storeText(value.real).withRun { $0.array }
        case .decimal(_, let scale): bytes += decimalText(value.unscaled, scale: scale).utf8
        case .list(let element):
            bytes.append(UInt8(ascii: "["))
            for (index, item) in value.elements(element, arena).enumerated() {
                if index > 0 { bytes += ", ".utf8 }
                append(item, element, isInside: true, arena, to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .structure(let members): appendFields(value, members, arena, to: &bytes)
        case .text, .blob: appendQuoted(value.slot.withRun { $0.array }, isInside, to: &bytes)
        case .date, .time, .timestamp, .interval:
            appendQuoted(Array(calendarText(value, type).utf8), isInside, to: &bytes)
        }
    }

    private static func calendarText(_ value: Datum, _ type: NestedType) -> String {
        var bytes: [UInt8] = []
        switch type {
        case .date: CalendarDate(daysSinceEpoch: Int(value.integer)).append(to: &bytes)
        case .time: CalendarText.append(timeOfDay: value.integer, to: &bytes)
        case .timestamp: CalendarText.append(timestamp: value.integer, to: &bytes)
        default: return IntervalKey(value.slot.withRun { $0.array })?.description ?? ""
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func appendFields(
        _ value: Datum, _ members: [NestedType.Member], _ arena: StringArena, to bytes: inout [UInt8]
    ) {
        let isRow = members.allSatisfy { $0.name.isEmpty }
        bytes.append(UInt8(ascii: isRow ? "(" : "{"))
        for (index, field) in value.fields(members, arena).enumerated() {
            if index > 0 { bytes += ", ".utf8 }
            if !isRow {
                NestedQuoting.appendInQuotes(Array(members[index].name.utf8), to: &bytes)
                bytes += ": ".utf8
            }
            append(field, members[index].type, isInside: true, arena, to: &bytes)
        }
        bytes.append(UInt8(ascii: isRow ? ")" : "}"))
    }

    private static func appendQuoted(_ text: [UInt8], _ isInside: Bool, to bytes: inout [UInt8]) {
        if isInside, NestedQuoting.needsQuotes(text) {
            NestedQuoting.appendInQuotes(text, to: &bytes)
        } else {
            bytes += text
        }
    }
}
