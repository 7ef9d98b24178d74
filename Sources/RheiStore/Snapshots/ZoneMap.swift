package import RheiArrow

/// What is known of one column of a segment or table: bounds and nulls, for pruning and planning.
///
/// Deleted rows count as well, so bounds may be too wide and `nullCount` too high, never the other way.
package struct ZoneMap: Sendable, Hashable {
    /// The least and the greatest value that is not null.
    package enum Bounds: Sendable, Hashable {
        /// No row has a value.
        case empty
        case integers(Int64, Int64)
        /// Never NaN.
        case reals(Double, Double)
        /// Nothing is known: text, blobs, mixed classes, NaN.
        case unknown
    }

    package var bounds: Bounds
    package var nullCount: Int

    /// Of a column without rows.
    package static let empty = ZoneMap(bounds: .empty, nullCount: 0)

    package init(bounds: Bounds, nullCount: Int) {
        self.bounds = bounds
        self.nullCount = nullCount
    }

    /// Looks at all rows of `array`.
    package init(of array: ArrowArray) {
        nullCount = array.nullCount
        bounds = array.nullCount == array.count ? .empty : Self.bounds(of: array)
    }

    /// Returns what holds for the rows of both.
    package func union(_ other: ZoneMap) -> ZoneMap {
        ZoneMap(bounds: Self.union(bounds, other.bounds), nullCount: nullCount + other.nullCount)
    }

    private static func union(_ left: Bounds, _ right: Bounds) -> Bounds {
        switch (left, right) {
        case (.empty, let other), (let other, .empty): other
        case (.integers(let a, let b), .integers(let c, let d)): .integers(min(a, c), max(b, d))
        case (.reals(let a, let b), .reals(let c, let d)): .reals(min(a, c), max(b, d))
        default: .unknown
        }
    }

    private static func bounds(of array: ArrowArray) -> Bounds {
        defer { withExtendedLifetime(array) {} }
        switch array.type.physicalType {
        case .int8: return integerBounds(array, of: Int8.self)
        case .int16: return integerBounds(array, of: Int16.self)
        case .int32: return integerBounds(array, of: Int32.self)
        case .int64: return integerBounds(array, of: Int64.self)
        case .float64: return realBounds(array)
        default: return .unknown
        }
    }

    private static func integerBounds<Value: FixedWidthInteger & PrimitiveValue>(
        _ array: ArrowArray, of _: Value.Type
    ) -> Bounds {
        guard let source = try? PrimitiveArray<Value>(array) else { return .unknown }
        let values = unsafe source.values
        var low = Value.max
        var high = Value.min
        if let validity = array.validityBitmap {
            validity.forEachSetBit { row in
                let value = unsafe values[row]
                low = value < low ? value : low
                high = value > high ? value : high
            }
        } else {
            for row in 0..<array.count {
                let value = unsafe values[row]
                low = value < low ? value : low
                high = value > high ? value : high
            }
        }
        return .integers(Int64(low), Int64(high))
    }

    private static func realBounds(_ array: ArrowArray) -> Bounds {
        guard let source = try? PrimitiveArray<Double>(array) else { return .unknown }
        let values = unsafe source.values
        var low = Double.infinity
        var high = -Double.infinity
        var hasNaN = false
        let look = { (row: Int) in
            let value = unsafe values[row]
            low = value < low ? value : low
            high = value > high ? value : high
            if value.isNaN { hasNaN = true }
        }
        if let validity = array.validityBitmap {
            validity.forEachSetBit(look)
        } else {
            for row in 0..<array.count { look(row) }
        }
        return hasNaN ? .unknown : .reals(low, high)
    }
}
