import RheiArrow
import RheiCore
import RheiTestSupport
import Testing

@Suite struct SmallDictionaryTests {
    private func array(_ values: [String?]) throws -> ArrowArray {
        let builder = ColumnBuilder(defaultType: .utf8View)
        for value in values {
            guard var text = value else {
                builder.appendNull()
                continue
            }
            text.withUTF8 { unsafe builder.append(text: UnsafeRawBufferPointer($0)) }
        }
        return builder.finish()
    }

    @Test(arguments: [1, 3, 100, 255], [0, 1, 64, 129])
    func `few texts come back as they were`(_ distinctCount: Int, _ start: Int) throws {
        var random = SeededGenerator(seed: UInt64(distinctCount))
        let texts = (0..<distinctCount).map { number in
            number % 3 == 0 ? "t\(number)" : "a text that is too long to be inline, number \(number), \(number % 2)"
        }
        let values = (0..<2000).map { row -> String? in
            row % 11 == 4 ? nil : row < distinctCount ? texts[row] : texts.randomElement(using: &random)
        }
        let plain = try array(values).slice(offset: start, count: 2000 - start)
        let coded = try plain.encodingFewTexts()
        #expect(coded.type == ArrowArray.smallDictionaryType)
        #expect(coded.nullCount == plain.nullCount)
        let again = coded.decodingFewTexts()
        #expect(again.type == .utf8View)
        for row in 0..<plain.count {
            #expect(try coded.value(at: row) == plain.value(at: row))
            #expect(try again.value(at: row) == plain.value(at: row))
        }
    }

    @Test func `many texts, nulls alone and other types stay`() throws {
        #expect(try array((0..<2000).map { "text \($0 % 256)" }).encodingFewTexts().type == .utf8View)
        #expect(try array((0..<40).map { "text \($0 % 20)" }).encodingFewTexts().type == .utf8View)
        #expect(try array([nil, nil]).encodingFewTexts().type == .utf8View)
        #expect(try array([]).encodingFewTexts().type == .utf8View)
        #expect(try array(["", "", "", "", ""]).encodingFewTexts().type == ArrowArray.smallDictionaryType)
    }
}
