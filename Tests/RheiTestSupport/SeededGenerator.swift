/// A small generator of repeatable numbers: the same ones for the same seed on every platform (SplitMix64; Steele, Lea
/// and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014).
///
/// A test that draws from it takes its seed from its arguments or a constant, never from the clock, and names it in the
/// message of every expectation that depends on it (`"seed \(seed)"`), so that a failure can be repeated.
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    /// Returns a number from 0 up to but without `limit`.
    package mutating func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &self) }

    /// Returns one of the elements, of which there must be some.
    package mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// Returns true in `percent` of 100 cases.
    package mutating func chance(percent: Int) -> Bool { below(100) < percent }

    /// Returns true in one of `count` cases.
    package mutating func chance(oneIn count: Int) -> Bool { below(count) == 0 }
}
