/// Appends the decimal digits of an integer.
func appendDecimal(_ value: Int64, to output: inout [UInt8]) {
    if value < 0 { output.append(0x2D) }
    appendDecimal(value.magnitude, to: &output)
}

/// Appends the decimal digits of an unsigned integer.
func appendDecimal(_ value: UInt64, to output: inout [UInt8]) {
    let start = output.count
    var rest = value
    repeat {
        output.append(0x30 &+ UInt8(truncatingIfNeeded: rest % 10))
        rest /= 10
    } while rest > 0
    output[start...].reverse()
}

extension StringArena {
    /// Stores the decimal text of an integer.
    func storeDecimal(_ value: Int64) -> StringValue {
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
        return unsafe withUnsafeMutableBytes(of: &digits) { bytes in
            var index = bytes.count
            var rest = value.magnitude
            repeat {
                index -= 1
                unsafe bytes[index] = 0x30 &+ UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            if value < 0 {
                index -= 1
                unsafe bytes[index] = 0x2D
            }
            return unsafe store(UnsafeRawBufferPointer(rebasing: bytes[index...]))
        }
    }

    /// Stores the text that SQLite makes of a real.
    func storeText(_ value: Double) -> StringValue {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        RealFormat.text.append(value, to: &bytes)
        return store(bytes)
    }

    /// Stores a copy of an array.
    func store(_ bytes: [UInt8]) -> StringValue {
        unsafe bytes.withUnsafeBytes { unsafe store($0) }
    }
}
