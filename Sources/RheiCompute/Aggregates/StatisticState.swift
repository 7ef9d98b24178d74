import RheiArrow

/// A statistic of one series of numbers, or of pairs of which the second is the independent variable.
package enum Statistic: Hashable, Sendable {
    case variance(isSample: Bool), deviation(isSample: Bool)
    case covariance(isSample: Bool), correlation
    case slope, intercept, determination, pairCount
    case meanX, meanY, squaresX, squaresY, products
}

/// Means and sums of squared deviations per group, moved along value by value ("Note on a Method for Calculating
/// Corrected Sums of Squares and Products", Welford, Technometrics 4(3), 1962); two groups are put together after Chan,
/// Golub and LeVeque ("Updating Formulae and a Pairwise Algorithm for Computing Sample Variances", 1979).
final class StatisticState: AggregateState {
    private let statistic: Statistic
    private var moments = ZeroedColumn<Moments>()

    private struct Moments: BitwiseCopyable {
        var count: Double
        var meanX: Double
        var meanY: Double
        var squaresX: Double
        var squaresY: Double
        var products: Double

        mutating func add(_ x: Double, _ y: Double) {
            count += 1
            let (dx, dy) = (x - meanX, y - meanY)
            meanX += dx / count
            meanY += dy / count
            squaresX += dx * (x - meanX)
            squaresY += dy * (y - meanY)
            products += dx * (y - meanY)
        }

        mutating func add(_ other: Moments) {
            guard other.count > 0 else { return }
            let total = count + other.count
            let (dx, dy) = (other.meanX - meanX, other.meanY - meanY)
            let weight = count * other.count / total
            squaresX += other.squaresX + dx * dx * weight
            squaresY += other.squaresY + dy * dy * weight
            products += other.products + dx * dy * weight
            meanX += dx * other.count / total
            meanY += dy * other.count / total
            count = total
        }
    }

    init(_ statistic: Statistic) { self.statistic = statistic }

    override func extend(to groupCount: Int) { moments.extend(to: groupCount) }

    override func update(_ arguments: [ColumnVector], _ rows: AggregateRows, sequence: UInt64) {
        guard let y = arguments.first, let x = arguments.last else { return }
        let (first, second) = (y.elements(Double.self), x.elements(Double.self))
        rows.forEach { row, group in
            if x.isValid(row) { unsafe moments.pointer[group].add(second[row], first[row]) }
        }
    }

    override func merge(_ other: AggregateState, _ pairs: GroupPairs) {
        guard let other = other as? StatisticState else { return }
        pairs.forEach { source, target in unsafe moments.pointer[target].add(other.moments.pointer[source]) }
    }

    override func finish(
        first: Int, count: Int, into target: VectorBuffer, arena: StringArena
    ) throws -> ColumnVector {
        let result = target.vector()
        if statistic == .pairCount {
            let counts = result.elements(Int64.self)
            for row in 0..<count { counts[row] = unsafe Int64(moments.pointer[first + row].count) }
            return result
        }
        let values = result.elements(Double.self)
        for row in 0..<count { values[row] = unsafe value(moments.pointer[first + row]) ?? .nan }
        return attachValidity(result, target, count: count) { !values[$0].isNaN }
    }

    /// The statistic of a group; nil where it has none.
    private func value(_ moments: Moments) -> Double? {
        let count = moments.count
        guard count > 0 else { return nil }
        func mean(_ sum: Double, isSample: Bool) -> Double? {
            isSample ? (count > 1 ? sum / (count - 1) : nil) : sum / count
        }
        let slope = moments.squaresX == 0 ? nil : moments.products / moments.squaresX
        switch statistic {
        case .variance(let isSample): return mean(moments.squaresX, isSample: isSample)
        case .deviation(let isSample): return mean(moments.squaresX, isSample: isSample)?.squareRoot()
        case .covariance(let isSample): return mean(moments.products, isSample: isSample)
        case .correlation:
            let scale = (moments.squaresX * moments.squaresY).squareRoot()
            return scale == 0 ? nil : moments.products / scale
        case .slope: return slope
        case .intercept: return slope.map { moments.meanY - $0 * moments.meanX }
        case .determination:
            guard moments.squaresX != 0 else { return nil }
            if moments.squaresY == 0 { return 1 }
            return moments.products * moments.products / (moments.squaresX * moments.squaresY)
        case .pairCount: return count
        case .meanX: return moments.meanX
        case .meanY: return moments.meanY
        case .squaresX: return moments.squaresX
        case .squaresY: return moments.squaresY
        case .products: return moments.products
        }
    }

    override var byteCount: Int { moments.count * MemoryLayout<Moments>.stride }
}
