package import RheiCore
import RheiArrow

/// `operand IN (constants)`, prepared once and applied to many vectors.
///
/// True where the operand equals a constant, else null where the operand or a constant is null, else false; the empty
/// list is false for everything. Unchecked because nothing changes after `init`: workers may share one.
@safe package final class InListKernel: @unchecked Sendable {
    private enum Lookup {
        /// Whole numbers, ascending and distinct, for vectors of whole numbers; a bit per value where the range is
        /// small.
        case integers([Int64], bits: [UInt64], base: Int64)
        /// Sorted and distinct by the collation.
        case strings([StringValue], isBlob: Bool)
        /// Sorted and distinct in SQLite's order.
        case any([Datum])
    }

    private let lookup: Lookup
    private let hasNull: Bool
    private let isEmpty: Bool
    private let collation: TextCollation
    /// Owns the bytes of the constants.
    private let arena = StringArena()

    /// - Parameter constants: literals to which the comparison's affinity has been applied.
    package init(_ constants: [SQLValue], collation: TextCollation = .binary) {
        var data: [Datum] = []
        for constant in constants { data.append(Datum(constant, arena: arena)) }
        isEmpty = data.isEmpty
        hasNull = data.contains { $0.isNull }
        self.collation = collation
        let present = data.filter { !$0.isNull }
        let sorted = present.sorted { Datum.compare($0, $1, collation) < 0 }
        var distinct: [Datum] = []
        for datum in sorted {
            if let last = distinct.last, Datum.compare(last, datum, collation) == 0 { continue }
            distinct.append(datum)
        }
        lookup = Self.lookup(for: distinct)
    }

    private static func lookup(for data: [Datum]) -> Lookup {
        guard let first = data.first, let last = data.last else { return .any([]) }
        if data.allSatisfy({ $0.storageClass == .integer }) {
            return integers(data.map(\.integer), first.integer, last.integer)
        }
        if data.allSatisfy({ $0.storageClass == .text }) { return .strings(data.map(\.slot), isBlob: false) }
        if data.allSatisfy({ $0.storageClass == .blob }) { return .strings(data.map(\.slot), isBlob: true) }
        return .any(data)
    }

    private static func integers(_ values: [Int64], _ first: Int64, _ last: Int64) -> Lookup {
        let (range, overflow) = last.subtractingReportingOverflow(first)
        if overflow || range >= 1 << 16 { return .integers(values, bits: [], base: first) }
        var bits = [UInt64](repeating: 0, count: Int(range / 64) + 1)
        for value in values {
            let bit = Int(value - first)
            bits[bit >> 6] |= 1 << UInt64(bit & 63)
        }
        return .integers(values, bits: bits, base: first)
    }
}

extension InListKernel {
    /// Writes the answer per row as a `bool` vector.
    package func evaluate(
        _ operand: ColumnVector, rows: SelectionVector, into output: VectorBuffer
    ) -> ColumnVector {
        let rows = operand.isConstant ? .single : rows
        let mask = output.vector().elements(UInt8.self)
        if isEmpty {
            rows.forEachDense { mask[$0] = 0 }
            return output.nullFree(isConstant: operand.isConstant)
        }
        if operand.isNullConstant { return output.constantNull() }
        fillMask(operand, rows, mask)
        let result = output.propagatingNulls(operand, rowCount: rows.rowCount)
        if !hasNull { return result }
        // What is not found may equal the null: only true answers stay.
        let validity = output.validity
        if result.hasNoNulls { validity.fill(true, rowCount: rows.rowCount) }
        rows.forEach { if mask[$0] == 0 { validity.clear($0) } }
        return output.nullable(isConstant: operand.isConstant)
    }

    /// Returns those of `rows` whose operand is in the list; with `negated` those for which NOT IN is true.
    package func select(
        _ operand: ColumnVector, negated: Bool = false, rows: SelectionVector, into output: SelectionBuffer
    ) -> SelectionVector {
        let none = output.selection(count: 0, rowCount: rows.rowCount)
        if isEmpty { return negated ? output.copy(rows) : none }
        if operand.isNullConstant || (negated && hasNull) { return none }
        if operand.isConstant { return contains(operand.datum(0)) != negated ? output.copy(rows) : none }
        let mask = output.mask
        fillMask(operand, rows, mask)
        if negated { rows.forEachDense { mask[$0] ^= 1 } }
        return output.selectMasked(rows, operand.variableValidity)
    }

    /// Writes 0 or 1 for rows that are not null.
    private func fillMask(_ operand: ColumnVector, _ rows: SelectionVector, _ mask: Values<UInt8>) {
        switch lookup {
        case .integers(let values, let bits, let base) where operand.type.isInteger:
            ComparisonKernel.withWidened(operand, rows) { wide in
                integerMask(values, bits, base, wide.elements(Int64.self), rows, mask)
            }
        case .strings(let values, let isBlob) where operand.type == (isBlob ? .blob : .text):
            let elements = operand.elements(StringValue.self)
            if comparesWords(values, isBlob) { return wordMask(values, elements, rows, mask) }
            rows.forEach { row in
                mask[row] = operand.isValid(row) ? asByte(contains(elements[row], in: values, isBlob)) : 0
            }
        default:
            rows.forEach { row in
                let datum = operand.datum(row)
                mask[row] = datum.isNull ? 0 : asByte(contains(datum))
            }
        }
    }

    /// Whether the values are few and short, so that comparing the two words of their views decides.
    private func comparesWords(_ values: [StringValue], _ isBlob: Bool) -> Bool {
        (isBlob || collation == .binary) && values.count <= 8 && values.allSatisfy(\.isInline)
    }

    /// The words of null rows may be anything, and their answers too.
    private func wordMask(
        _ values: [StringValue], _ elements: Values<StringValue>, _ rows: SelectionVector, _ mask: Values<UInt8>
    ) {
        for (index, value) in values.enumerated() {
            let (head, tail) = (value.head, value.tail)
            if index == 0 {
                rows.forEachDense { row in
                    let element = elements[row]
                    mask[row] = asByte((element.head ^ head) | (element.tail ^ tail) == 0)
                }
            } else {
                rows.forEachDense { row in
                    let element = elements[row]
                    mask[row] |= asByte((element.head ^ head) | (element.tail ^ tail) == 0)
                }
            }
        }
    }

    private func integerMask(
        _ values: [Int64], _ bits: [UInt64], _ base: Int64, _ operand: Values<Int64>, _ rows: SelectionVector,
        _ mask: Values<UInt8>
    ) {
        if values.count <= 4 {
            rows.forEachDense { mask[$0] = 0 }
            for value in values {
                rows.forEachDense { mask[$0] |= asByte(operand[$0] == value) }
            }
        } else if !bits.isEmpty {
            let limit = UInt64(bits.count * 64)
            unsafe bits.withUnsafeBufferPointer { words in
                rows.forEach { row in
                    let bit = UInt64(bitPattern: operand[row] &- base)
                    mask[row] =
                        bit < limit ? unsafe UInt8(truncatingIfNeeded: words[Int(bit >> 6)] &>> (bit & 63)) & 1 : 0
                }
            }
        } else {
            rows.forEach { row in
                let value = operand[row]
                let place = values.partitioningIndex { $0 >= value }
                mask[row] = asByte(place < values.count && values[place] == value)
            }
        }
    }

    private func contains(_ value: StringValue, in values: [StringValue], _ isBlob: Bool) -> Bool {
        let collation = isBlob ? .binary : collation
        if collation == .binary, values.count <= 8 {
            for candidate in values where StringValue.equal(candidate, value) { return true }
            return false
        }
        let place = values.partitioningIndex { StringValue.compare($0, value, collation) >= 0 }
        return place < values.count && StringValue.compare(values[place], value, collation) == 0
    }

    private func contains(_ datum: Datum) -> Bool {
        switch lookup {
        case .any(let data): return find(datum, data)
        case .integers(let values, _, _):
            guard datum.isNumber else { return false }
            let place = values.partitioningIndex { Datum.compare(.integer($0), datum, collation) >= 0 }
            return place < values.count && Datum.compare(.integer(values[place]), datum, collation) == 0
        case .strings(let values, let isBlob):
            let wanted: StorageClass = isBlob ? .blob : .text
            return datum.storageClass == wanted && contains(datum.slot, in: values, isBlob)
        }
    }

    private func find(_ datum: Datum, _ data: [Datum]) -> Bool {
        let place = data.partitioningIndex { Datum.compare($0, datum, collation) >= 0 }
        return place < data.count && Datum.compare(data[place], datum, collation) == 0
    }
}

extension Array {
    /// Returns the index of the first element for which `belongs` is true; false elements come before true ones.
    func partitioningIndex(_ belongs: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if belongs(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
