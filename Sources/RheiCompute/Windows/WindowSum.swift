import RheiArrow
import RheiCore

/// `count`, `sum`, `total` and `avg` over frames.
///
/// Counts and integers are differences of running totals, exact in 128 bits. Reals are added up along the partition
/// while frames begin with it, and otherwise come from a tree, so that nothing that left the frame leaves a trace.
struct WindowSum {
    let input: WindowInput
    let frames: FrameTable

    func count() -> WindowResult {
        let result = WindowValues<Int64>(type: .int64, rowCount: input.rowCount)
        for position in 0..<input.rowCount { result.set(position, Int64(input.count(frames, position))) }
        return result.result()
    }

    func sum(_ output: SumOutput, resultType: VectorType) throws -> WindowResult {
        guard let values = input.values else { return count() }
        switch values.type {
        case .bool, .int8, .int16, .int32, .int64:
            return try integerSum(output, resultType) { Int128(values.integer($0)) }
        case .int128:
            let wide = values.elements(Int128.self)
            return try integerSum(output, resultType) { wide[$0] }
        case .float32:
            let reals = values.elements(Float.self)
            return realSum(output) { Double(reals[$0]) }
        case .float64:
            let reals = values.elements(Double.self)
            return realSum(output) { reals[$0] }
        case .any: return try anySum(output, values)
        case .text, .blob:
            throw EngineError.unsupported("sum of \(values.type) values that are not converted to numbers")
        }
    }

    // MARK: integers

    /// Running totals of the values that count: element i is the sum of those before position i.
    private func runningTotals(_ value: (Int) -> Int128) -> PositionColumn<Int128> {
        let totals = PositionColumn<Int128>(count: input.rowCount + 1)
        var total: Int128 = 0
        for position in 0..<input.rowCount {
            if input.counts(position) { total &+= value(position) }
            totals[position + 1] = total
        }
        return totals
    }

    private func total(_ totals: PositionColumn<Int128>, _ position: Int) -> Int128 {
        var sum: Int128 = 0
        frames.forEachPart(of: position) { sum &+= totals[$0.upperBound] &- totals[$0.lowerBound] }
        return sum
    }

    private func integerSum(
        _ output: SumOutput, _ resultType: VectorType, _ value: (Int) -> Int128
    ) throws -> WindowResult {
        let totals = runningTotals(value)
        if output != .sum || resultType == .float64 {
            return reals(output) { position, count in
                let sum = Double(total(totals, position))
                return output == .average ? sum / Double(count) : sum
            }
        }
        if resultType == .int128 {
            let result = WindowValues<Int128>(type: resultType, rowCount: input.rowCount)
            for position in 0..<input.rowCount {
                result.set(position, total(totals, position))
                if input.count(frames, position) == 0 { result.setNull(position) }
            }
            return result.result()
        }
        let result = WindowValues<Int64>(type: .int64, rowCount: input.rowCount)
        for position in 0..<input.rowCount {
            if input.count(frames, position) == 0 {
                result.setNull(position)
                continue
            }
            guard let sum = Int64(exactly: total(totals, position)) else {
                throw EngineError(.overflow, "integer overflow")
            }
            result.set(position, sum)
        }
        return result.result()
    }

    // MARK: reals

    /// Makes a real result; a frame without values is null, except for `total`, and so is what is not a number.
    private func reals(_ output: SumOutput, _ value: (_ position: Int, _ count: Int) -> Double) -> WindowResult {
        let result = WindowValues<Double>(type: .float64, rowCount: input.rowCount)
        for position in 0..<input.rowCount {
            let count = input.count(frames, position)
            if count == 0 {
                if output == .total { result.set(position, 0) } else { result.setNull(position) }
                continue
            }
            let sum = value(position, count)
            result.set(position, sum)
            if sum.isNaN { result.setNull(position) }
        }
        return result.result()
    }

    private func realSum(_ output: SumOutput, _ value: (Int) -> Double) -> WindowResult {
        let sums = realSums { self.input.counts($0) ? value($0) : 0 }
        return reals(output) { position, count in
            let sum = sums[position].value
            return output == .average ? sum / Double(count) : sum
        }
    }

    /// The sums over all frames.
    private func realSums(_ value: (Int) -> Double) -> PositionColumn<CompensatedSum> {
        let sums = PositionColumn<CompensatedSum>(count: input.rowCount)
        let zero = CompensatedSum(sum: 0, error: 0)
        if frames.beginWithPartitions {
            frames.groups.forEachPartition { partition in
                var sum = zero
                var next = partition.lowerBound
                for position in partition {
                    let upper = frames.frame(of: position).upperBound
                    while next < upper {
                        sum.add(value(next))
                        next += 1
                    }
                    sums[position] = sum
                }
            }
            return sums
        }
        let tree = FrameTree(count: input.rowCount, neutral: zero) {
            CompensatedSum(sum: value($0), error: 0)
        } combine: {
            $0.adding($1)
        }
        for position in 0..<input.rowCount {
            var sum = zero
            frames.forEachPart(of: position) { part in
                sum = sum.adding(tree.value(of: part) { $0.adding($1) })
            }
            sums[position] = sum
        }
        return sums
    }

    // MARK: values of any class

    private func anySum(_ output: SumOutput, _ values: ColumnVector) throws -> WindowResult {
        let isReal = PositionColumn<UInt32>(count: input.rowCount + 1)
        let number = PositionColumn<Datum>(count: input.rowCount)
        for position in 0..<input.rowCount {
            isReal[position + 1] = isReal[position]
            guard input.counts(position) else { continue }
            number[position] = summand(values.datum(position))
            if number[position].storageClass == .real { isReal[position + 1] &+= 1 }
        }
        let totals = runningTotals { number[$0].storageClass == .integer ? Int128(number[$0].integer) : 0 }
        let sums = realSums { number[$0].storageClass == .real ? number[$0].real : 0 }
        @inline(__always) func real(_ position: Int) -> Double {
            var sum = sums[position]
            let integers = total(totals, position)
            if integers != 0 { sum.add(Double(integers)) }
            return sum.value
        }
        if output != .sum {
            return reals(output) { position, count in
                output == .average ? real(position) / Double(count) : real(position)
            }
        }
        let result = WindowValues<StringValue>(type: .any, rowCount: input.rowCount)
        try frames.groups.forEachPartition { partition in
            for position in partition {
                if input.count(frames, position) == 0 {
                    result.setNull(position)
                    continue
                }
                let integers = Int64(exactly: total(totals, position))
                if hasSeenReal(isReal, position, partition) {
                    guard integers != nil else {
                        throw EngineError(.leavesStaticType, "an integer sum overflows among reals")
                    }
                    result.set(position, .real(real(position)))
                } else {
                    guard let integers else { throw EngineError(.overflow, "integer overflow") }
                    result.set(position, .integer(integers))
                }
            }
        }
        return result.result()
    }

    /// Whether the sum is a real. Where SQLite moves a frame along it does not forget that reals have been in it; where
    /// rows are excluded it adds every frame up anew.
    private func hasSeenReal(
        _ counts: PositionColumn<UInt32>, _ position: Int, _ partition: Range<Int>
    ) -> Bool {
        if frames.exclusion == .none {
            return counts[frames.frame(of: position).upperBound] > counts[partition.lowerBound]
        }
        var found = false
        frames.forEachPart(of: position) { found = found || counts[$0.upperBound] > counts[$0.lowerBound] }
        return found
    }
}

extension CompensatedSum {
    @inline(__always)
    func adding(_ other: CompensatedSum) -> CompensatedSum {
        var result = self
        result.add(other)
        return result
    }
}

extension FrameTable {
    /// Whether no frame leaves out rows before its first one, so that results can be carried along a partition.
    var beginWithPartitions: Bool { startsUnbounded && excludesNothing }
}
