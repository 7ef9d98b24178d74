import RheiCore
@testable import RheiStore
import Testing

@Suite struct RowKeyEncoderTests {
    private func encode(_ values: [SQLValue]) -> [UInt8] {
        var encoder = RowKeyEncoder()
        for value in values {
            switch value {
            case .null: encoder.appendNull()
            case .integer(let number): encoder.append(integer: number)
            case .real(let number): encoder.append(real: number)
            case .text(var text): text.withUTF8 { unsafe encoder.append(text: UnsafeRawBufferPointer($0)) }
            case .blob(let bytes): unsafe bytes.withUnsafeBytes { unsafe encoder.append(blob: $0) }
            }
        }
        return encoder.bytes
    }

    @Test func `different keys have different bytes`() {
        let values: [SQLValue] = [
            .null, .integer(0), .integer(1), .integer(-1), .real(0.5), .real(.infinity), .real(1e300), .text(""),
            .text("a"), .text("a\0"), .text("\0"), .blob([]), .blob([0x61]), .text("ab"), .integer(.max),
            .integer(.min),
        ]
        var keys: [[SQLValue]] = values.map { [$0] }
        for left in values { for right in values { keys.append([left, right]) } }
        #expect(Set(keys.map(encode)).count == keys.count)
    }

    @Test func `reals that are integers are the same key`() {
        #expect(encode([.real(1)]) == encode([.integer(1)]))
        #expect(encode([.real(-0.0)]) == encode([.integer(0)]))
        #expect(encode([.real(9.3e18)]) != encode([.integer(.max)]))
    }
}
