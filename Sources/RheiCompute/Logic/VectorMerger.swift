/// Puts one vector together from pieces computed for disjoint sets of rows: the branches of CASE and COALESCE, the
/// operands of AND and OR that were evaluated for the undecided rows only, a constant spread over all rows.
///
/// Call ``start(rowCount:)`` once per batch, then ``write(_:rows:)``; rows never written are null.
@safe package final class VectorMerger {
    private let buffer: VectorBuffer
    private var rowCount = 0

    package init(type: VectorType) { buffer = VectorBuffer(type: type) }

    /// Makes all of `rowCount` rows null.
    package func start(rowCount: Int) {
        self.rowCount = rowCount
        buffer.validity.fill(false, rowCount: rowCount)
        if buffer.type == .any {
            let tags = buffer.vector().tagValues
            for row in 0..<rowCount { tags[row] = 0 }
        }
    }

    /// Copies the selected rows of `piece`, which has the merger's type; a constant is written to each of them.
    package func write(_ piece: ColumnVector, rows: SelectionVector) {
        let target = buffer.vector()
        let step = piece.isConstant ? 0 : -1
        switch buffer.type.byteWidth {
        case 1: copy(UInt8.self, piece, target, rows, step)
        case 2: copy(UInt16.self, piece, target, rows, step)
        case 4: copy(UInt32.self, piece, target, rows, step)
        case 8: copy(UInt64.self, piece, target, rows, step)
        default: copy(StringValue.self, piece, target, rows, step)
        }
        if buffer.type == .any {
            let source = piece.tagValues
            let tags = target.tagValues
            rows.forEach { tags[$0] = source[$0 & step] }
        }
        let validity = buffer.validity
        rows.forEach { validity[$0] = piece.isValid($0) }
    }

    private func copy<Element: BitwiseCopyable>(
        _: Element.Type, _ piece: ColumnVector, _ target: ColumnVector, _ rows: SelectionVector, _ step: Int
    ) {
        let source = piece.elements(Element.self)
        let values = target.elements(Element.self)
        rows.forEach { values[$0] = source[$0 & step] }
    }

    /// Replaces the rows written earlier by their conjunction with `operand`, a `bool` vector.
    package func formConjunction(_ operand: ColumnVector, rows: SelectionVector) {
        _ = LogicKernel.and(buffer.nullable(isConstant: false), operand, rows: rows, into: buffer)
    }

    /// Replaces the rows written earlier by their disjunction with `operand`, a `bool` vector.
    package func formDisjunction(_ operand: ColumnVector, rows: SelectionVector) {
        _ = LogicKernel.or(buffer.nullable(isConstant: false), operand, rows: rows, into: buffer)
    }

    /// What has been written since `start`; valid until the next `start`.
    package var vector: ColumnVector {
        let validity = buffer.validity
        var all: UInt64 = ~0
        for word in 0..<rowCount / 64 { all &= validity[word: word] }
        let rest = UInt64(truncatingIfNeeded: rowCount & 63)
        if rest > 0 { all &= validity[word: rowCount / 64] | ~((1 &<< rest) &- 1) }
        return all == ~0 ? buffer.nullFree(isConstant: false) : buffer.nullable(isConstant: false)
    }
}
