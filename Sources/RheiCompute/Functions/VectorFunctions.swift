import RheiArrow
import RheiCore

/// Loops over whole vectors for the functions that analytical queries call most.
enum VectorFunctions {
    /// LENGTH of a text column.
    @Sendable static func length(
        _ arguments: [ColumnVector], _ rows: SelectionVector, _ context: FunctionContext, _ output: VectorBuffer
    ) -> ColumnVector? {
        let input = arguments[0]
        guard input.type == .text || input.type == .blob, output.type == .int64, !input.isConstant else { return nil }
        let values = input.elements(StringValue.self)
        let result = output.vector().elements(Int64.self)
        let isBlob = input.type == .blob
        forEachValid(rows, input) { row in
            let value = values[row]
            result[row] = Int64(isBlob ? value.count : value.withRun(TextFunctions.countCharacters))
        }
        return output.propagatingNulls(input, rowCount: rows.rowCount)
    }

    /// SUBSTR of a text column at constant places.
    @Sendable static func substring(
        _ arguments: [ColumnVector], _ rows: SelectionVector, _ context: FunctionContext, _ output: VectorBuffer
    ) -> ColumnVector? {
        let input = arguments[0]
        guard input.type == .text, output.type == .text, !input.isConstant else { return nil }
        guard arguments.dropFirst().allSatisfy({ $0.isConstant && !$0.isNullConstant }) else { return nil }
        let start = Int(Int32(truncatingIfNeeded: arguments[1].datum(0).integerValue))
        let length = arguments.count == 3 ? Int(Int32(truncatingIfNeeded: arguments[2].datum(0).integerValue)) : nil
        let values = input.elements(StringValue.self)
        let result = output.vector().elements(StringValue.self)
        forEachValid(rows, input) { row in
            result[row] = TextFunctions.slice(values[row], start, length, isBlob: false, context.arena)
        }
        return output.propagatingNulls(input, rowCount: rows.rowCount)
    }

    @Sendable static func lower(
        _ arguments: [ColumnVector], _ rows: SelectionVector, _ context: FunctionContext, _ output: VectorBuffer
    ) -> ColumnVector? {
        changeCase(arguments[0], rows, context, output) { changeLetters($0, from: 0x41) }
    }

    @Sendable static func upper(
        _ arguments: [ColumnVector], _ rows: SelectionVector, _ context: FunctionContext, _ output: VectorBuffer
    ) -> ColumnVector? {
        changeCase(arguments[0], rows, context, output) { changeLetters($0, from: 0x61) }
    }

    /// Flips the case bit of those of eight bytes that lie in the 26 letters from `first` on.
    @inline(__always) private static func changeLetters(_ word: UInt64, from first: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let low = word & (ones &* 0x7F)
        // Per byte, without carry into the next: bit 7 is set from `first` on, and from past the last letter on.
        let fromFirst = low &+ ones &* (0x80 &- first)
        let pastLast = low &+ ones &* (0x80 &- first &- 26)
        let isLetter = (fromFirst & ~pastLast & ~word) & (ones &* 0x80)
        return word ^ (isLetter &>> 2)
    }

    @inline(__always) private static func changeCase(
        _ input: ColumnVector, _ rows: SelectionVector, _ context: FunctionContext, _ output: VectorBuffer,
        _ change: (UInt64) -> UInt64
    ) -> ColumnVector? {
        guard input.type == .text, output.type == .text, !input.isConstant else { return nil }
        let values = input.elements(StringValue.self)
        let result = output.vector().elements(StringValue.self)
        forEachValid(rows, input) { row in
            let value = values[row]
            if value.isInline {
                let prefix = change(value.head &>> 32) &<< 32
                result[row] = StringValue(head: prefix | value.head & 0xFFFF_FFFF, tail: change(value.tail))
            } else {
                result[row] = changedLong(value, context.arena, change)
            }
        }
        return output.propagatingNulls(input, rowCount: rows.rowCount)
    }

    @inline(__always) private static func changedLong(
        _ value: StringValue, _ arena: StringArena, _ change: (UInt64) -> UInt64
    ) -> StringValue {
        value.withRun { run in
            let target = unsafe arena.allocate(run.count)
            var index = 0
            while index &+ 8 <= run.count {
                let word = unsafe UnsafeRawPointer(run.base + index).loadUnaligned(as: UInt64.self)
                unsafe target.storeBytes(of: change(word), toByteOffset: index, as: UInt64.self)
                index &+= 8
            }
            while index < run.count {
                let byte = UInt8(truncatingIfNeeded: change(UInt64(run[index])))
                unsafe target.storeBytes(of: byte, toByteOffset: index, as: UInt8.self)
                index &+= 1
            }
            return unsafe StringValue(target, count: run.count)
        }
    }

    /// LIKE of a text column with a constant pattern and, if any, a constant escape character.
    @Sendable static func like(
        _ arguments: [ColumnVector], _ rows: SelectionVector, _ context: FunctionContext, _ output: VectorBuffer
    ) throws -> ColumnVector? {
        try match(arguments, rows, context, output, .like)
    }

    @Sendable static func glob(
        _ arguments: [ColumnVector], _ rows: SelectionVector, _ context: FunctionContext, _ output: VectorBuffer
    ) throws -> ColumnVector? {
        try match(arguments, rows, context, output, .glob)
    }

    private static func match(
        _ arguments: [ColumnVector], _ rows: SelectionVector, _ context: FunctionContext, _ output: VectorBuffer,
        _ style: LikePattern.Style
    ) throws -> ColumnVector? {
        let input = arguments[1]
        guard input.type == .text, !input.isConstant, arguments[0].isConstant else { return nil }
        guard output.type == .bool || output.type == .int64 else { return nil }
        let text = arguments[0].datum(0)
        if text.isNull || text.storageClass == .blob { return nil }
        var escape: UInt32?
        if arguments.count == 3 {
            guard arguments[2].isConstant, !arguments[2].isNullConstant else { return nil }
            escape = try TextFunctions.escapeCharacter(arguments[2].datum(0), context)
        }
        let pattern = try TextFunctions.preparePattern(text, style, escape, context)
        let values = input.elements(StringValue.self)
        if output.type == .bool {
            let result = output.vector().elements(UInt8.self)
            if let segments = pattern.segments {
                forEachValid(rows, input) { row in result[row] = asByte(values[row].withRun { segments.match($0) }) }
            } else {
                forEachValid(rows, input) { row in result[row] = asByte(values[row].withRun(pattern.matches)) }
            }
        } else {
            let result = output.vector().elements(Int64.self)
            forEachValid(rows, input) { row in result[row] = Int64(asByte(values[row].withRun(pattern.matches))) }
        }
        return output.propagatingNulls(input, rowCount: rows.rowCount)
    }

    @Sendable static func absolute(
        _ arguments: [ColumnVector], _ rows: SelectionVector, _ context: FunctionContext, _ output: VectorBuffer
    ) throws -> ColumnVector? {
        let input = arguments[0]
        guard !input.isConstant, input.type == output.type else { return nil }
        switch input.type {
        case .float64:
            let values = input.elements(Double.self)
            let result = output.vector().elements(Double.self)
            rows.forEachDense { result[$0] = values[$0] < 0 ? -values[$0] : values[$0] }
        case .int64:
            let values = input.elements(Int64.self)
            let result = output.vector().elements(Int64.self)
            var isExtreme: UInt8 = 0
            rows.forEachDense { row in
                let value = values[row]
                let sign = value &>> 63
                result[row] = (value ^ sign) &- sign
                isExtreme |= asByte(value == .min)
            }
            // The slow way tells whether the extreme row is selected and valid.
            if isExtreme != 0 { return nil }
        default: return nil
        }
        return output.propagatingNulls(input, rowCount: rows.rowCount)
    }

    /// ROUND of a real column to whole numbers, or to a constant number of places.
    @Sendable static func round(
        _ arguments: [ColumnVector], _ rows: SelectionVector, _ context: FunctionContext, _ output: VectorBuffer
    ) -> ColumnVector? {
        let input = arguments[0]
        guard input.type == .float64, output.type == .float64, !input.isConstant else { return nil }
        var places = 0
        if arguments.count == 2 {
            guard arguments[1].isConstant, !arguments[1].isNullConstant else { return nil }
            places = Int(Int32(truncatingIfNeeded: arguments[1].datum(0).integerValue))
        }
        let values = input.elements(Double.self)
        let result = output.vector().elements(Double.self)
        forEachValid(rows, input) { row in result[row] = NumberFunctions.round(values[row], places: places) }
        return output.propagatingNulls(input, rowCount: rows.rowCount)
    }

    /// Calls `body` for the selected rows that are not null.
    @inline(__always) static func forEachValid(
        _ rows: SelectionVector, _ input: ColumnVector, _ body: (Int) -> Void
    ) {
        guard let validity = ValidityWords(input) else { return rows.forEach(body) }
        rows.forEach { if validity[$0] { body($0) } }
    }
}
