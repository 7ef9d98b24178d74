import RheiArrow
import RheiCore

/// The states of one aggregate for all groups, as columns by group number.
///
/// Calls come per vector. Argument vectors are never constant, and the rows of `update` have a non-null first argument.
class AggregateState {
    /// Makes room for groups up to `groupCount`; new groups have seen no row.
    func extend(to groupCount: Int) {}

    /// Takes rows into their groups' states. `sequence` grows with the order of the batches in the input.
    func update(_ arguments: [ColumnVector], _ rows: AggregateRows, sequence: UInt64) {}

    /// Takes the states of groups of `other`, which has the same class.
    func merge(_ other: AggregateState, _ pairs: GroupPairs) {}

    /// Writes the results of `count` groups from `first` to the front of `target` and returns the view of them; strings
    /// that are made here lie in `arena`.
    func finish(first: Int, count: Int, into target: VectorBuffer, arena: StringArena) throws -> ColumnVector {
        target.vector()
    }

    /// Bytes held by the states, roughly.
    var byteCount: Int { 0 }
}

extension AggregateDescription {
    /// Makes the states for this aggregate; throws for types it does not take.
    func makeState() throws -> AggregateState {
        let argument = argumentTypes.first ?? .int64
        guard isPossible(argument) else {
            throw EngineError.unsupported("\(kind) of \(argument) values as \(resultType)")
        }
        switch kind {
        case .countRows, .count: return CountState()
        case .sum, .total, .average: return try makeSumState(argument)
        case .minimum, .maximum: return makeExtremeState(argument)
        case .concatenate:
            return ConcatenationState(argumentTypes: argumentTypes, orders: orders)
        case .anyValue: return FirstValueState(type: argument)
        case .firstRow: return makeChosenRowState(.first)
        case .lastRow: return makeChosenRowState(.last)
        case .product: return ProductState()
        case .statistic(let statistic): return StatisticState(statistic)
        case .quantile(let fraction, let isContinuous):
            return OrderStatisticState(
                isContinuous ? .continuousQuantile(fraction) : .discreteQuantile(fraction), type: argument)
        case .mode: return OrderStatisticState(.mode, type: argument)
        case .collect(let type): return CollectionState(type, argumentTypes: argumentTypes, orders: orders)
        case .rowOfMinimum: return makeChosenRowState(.minimum)
        case .rowOfMaximum: return makeChosenRowState(.maximum)
        }
    }

    /// Whether a result of this type can be made of such arguments.
    private func isPossible(_ argument: VectorType) -> Bool {
        switch kind {
        case .countRows, .count: resultType == .int64
        case .sum where argument.isInteger: [.int64, .int128, .float64].contains(resultType)
        case .sum where argument.isFloat: resultType == .float64
        case .sum: resultType == argument
        case .total, .average: resultType == .float64
        // Values that must agree are compared, as numbers of at most 64 bits.
        case .firstRow, .lastRow: resultType == argument && !(mustAgree && argument == .int128)
        case .minimum, .maximum, .anyValue, .mode, .quantile(_, isContinuous: false): resultType == argument
        case .product, .quantile(_, isContinuous: true): argument == .float64 && resultType == .float64
        case .statistic(let statistic):
            argumentTypes.allSatisfy { $0 == .float64 }
                && resultType == (statistic == .pairCount ? .int64 : .float64)
        // Keys compare as numbers of at most 64 bits.
        case .rowOfMinimum, .rowOfMaximum:
            resultType == argumentTypes.last && argument != .int128 && !(mustAgree && resultType == .int128)
        case .concatenate: resultType == .text
        case .collect: resultType == .blob
        }
    }

    private func makeChosenRowState(_ choice: ChosenRowState.Choice) -> ChosenRowState {
        ChosenRowState(choice, types: argumentTypes, collation: collation, mustAgree: mustAgree)
    }

    private func makeSumState(_ argument: VectorType) throws -> AggregateState {
        let output: SumOutput = kind == .sum ? .sum : kind == .total ? .total : .average
        switch argument {
        case .bool, .int8, .int16, .int32, .int64: return IntegerSumState(argument, output, resultType, scale: scale)
        case .int128: return DecimalSumState(output, resultType)
        case .float32, .float64: return RealSumState(output)
        case .any: return AnySumState(output)
        case .text, .blob:
            throw EngineError.unsupported("\(kind) of \(argument) values that are not converted to numbers")
        }
    }

    private func makeExtremeState(_ argument: VectorType) -> AggregateState {
        let isMaximum = kind == .maximum
        switch argument {
        case .bool, .int8: return NumberExtremeState<Int8>(isMaximum: isMaximum)
        case .int16: return NumberExtremeState<Int16>(isMaximum: isMaximum)
        case .int32: return NumberExtremeState<Int32>(isMaximum: isMaximum)
        case .int64: return NumberExtremeState<Int64>(isMaximum: isMaximum)
        case .int128: return NumberExtremeState<Int128>(isMaximum: isMaximum)
        case .float32: return NumberExtremeState<Float>(isMaximum: isMaximum)
        case .float64: return NumberExtremeState<Double>(isMaximum: isMaximum)
        case .text: return StringExtremeState(isMaximum: isMaximum, collation: collation)
        case .blob: return StringExtremeState(isMaximum: isMaximum, collation: .binary)
        case .any: return AnyExtremeState(isMaximum: isMaximum, collation: collation)
        }
    }
}

/// Which result is made of a sum.
enum SumOutput { case sum, total, average }

/// Writes validity bits of `count` rows to the target's words; attaches them to the vector when some row is null.
@inline(__always)
func attachValidity(
    _ vector: ColumnVector, _ target: VectorBuffer, count: Int, _ isValid: (Int) -> Bool
) -> ColumnVector {
    var result = vector
    let words = unsafe target.validityWords
    var allValid = true
    for first in stride(from: 0, to: count, by: 64) {
        var word: UInt64 = 0
        for row in first..<min(first + 64, count) {
            let valid = isValid(row)
            word |= UInt64(asInt(valid)) &<< UInt64(row - first)
            allValid = allValid && valid
        }
        unsafe words[first / 64] = word
    }
    if !allValid { unsafe result.validity = unsafe words }
    if let tags = unsafe result.tags, !allValid {
        for row in 0..<count where !isValid(row) { unsafe tags[row] = StorageClass.null.rawValue }
    }
    return result
}
