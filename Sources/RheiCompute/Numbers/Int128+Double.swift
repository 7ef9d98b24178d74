extension Int128 {
    /// The nearest double, ties to even. The standard library's conversion is generic and a hundred times slower.
    @inline(__always) var nearestDouble: Double {
        if let small = Int64(exactly: self) { return Double(small) }
        return wideNearestDouble
    }

    /// Rounds once: what falls off below the highest 64 bits only matters by being zero or not.
    private var wideNearestDouble: Double {
        let magnitude = self.magnitude
        let shift = 64 - UInt64(truncatingIfNeeded: magnitude >> 64).leadingZeroBitCount
        var top = UInt64(truncatingIfNeeded: magnitude >> UInt128(shift))
        if magnitude & ((1 << UInt128(shift)) - 1) != 0 { top |= 1 }
        let scaled = Double(sign: .plus, exponent: shift, significand: Double(top))
        return self < 0 ? -scaled : scaled
    }
}
