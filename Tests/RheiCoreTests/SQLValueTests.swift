import RheiCore
import Testing

@Suite struct SQLValueTests {
    @Test func `texts are equal when their bytes are`() {
        #expect(SQLValue.text("\u{E9}") == .text("\u{E9}"))
        #expect(SQLValue.text("\u{E9}") != .text("e\u{301}"))
        #expect(SQLValue.text("a") != .text("a\0"))
        #expect(Set<SQLValue>([.text("\u{E9}"), .text("e\u{301}"), .text("\u{E9}")]).count == 2)
    }

    @Test func `values of different storage classes differ`() {
        let values: [SQLValue] = [.null, .integer(1), .real(1), .text("1"), .blob([0x31])]
        #expect(Set(values).count == 5)
        for (index, value) in values.enumerated() {
            for (other, second) in values.enumerated() { #expect((value == second) == (index == other)) }
        }
    }
}
