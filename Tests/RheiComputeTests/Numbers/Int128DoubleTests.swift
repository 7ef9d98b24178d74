import RheiTestSupport
import Testing

@testable import RheiCompute

@Suite struct Int128DoubleTests {
    @Test func `an Int128 becomes the double that the standard library makes of it`() {
        var random = SeededGenerator(seed: 128)
        var samples: [Int128] = [
            0, 1, -1, .max, .min, .max - 1, Int128(Int64.max), Int128(Int64.min), Int128(Int64.max) + 1,
        ]
        for bits in 50..<127 {
            let power = Int128(1) << Int128(bits)
            // Halfway between two doubles, and a little to each side of it.
            for offset in [
                0, 1, -1, Int128(1) << Int128(max(bits - 53, 0)), (Int128(1) << Int128(max(bits - 53, 0))) + 1,
            ] {
                samples += [power + offset, -power - offset, power | (power >> 1) | offset]
            }
        }
        for _ in 0..<20_000 {
            let wide = Int128(truncatingIfNeeded: random.next()) << 64 | Int128(truncatingIfNeeded: random.next())
            samples.append(wide >> Int128(random.next() % 127))
        }
        for sample in samples {
            #expect(sample.nearestDouble.bitPattern == Double(sample).bitPattern, "\(sample)")
        }
    }
}
