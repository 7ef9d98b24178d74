/// A sum of doubles with the rounding errors of its additions beside it, so that the order of rows hardly shows.
///
/// Each addition finds its own error exactly (Knuth, "The Art of Computer Programming" vol. 2, 4.2.2, theorem B), as
/// in Neumaier's summation. Once the plain sum is infinite or NaN the error means nothing and is left out: infinities
/// stay, and opposite ones make NaN.
struct CompensatedSum: BitwiseCopyable {
    var sum: Double
    var error: Double

    @inline(__always)
    mutating func add(_ value: Double) {
        let next = sum + value
        let addend = next - sum
        error += (sum - (next - addend)) + (value - addend)
        sum = next
    }

    @inline(__always)
    mutating func add(_ other: CompensatedSum) {
        add(other.sum)
        error += other.error
    }

    var value: Double { sum.isFinite ? sum + error : sum }
}
