import RheiTestSupport
import RheiArrow
import RheiCompute
import RheiCore
import Testing

@Suite struct GroupTableTests {
    static let types: [[VectorType]] = [
        [.int64], [.int32], [.int16], [.float64], [.text], [.blob], [.any], [.int128], [.int64, .int64],
        [.text, .int32], [.text, .text], [.int64, .float64], [.any, .text, .int64], [.int16, .int16, .int16, .int16],
    ]

    /// Calls `body` with the groups of rows, one batch at a time.
    private func findOrCreate(
        _ table: GroupTable, _ types: [VectorType], _ rows: [[SQLValue]], selection: [UInt16]? = nil
    ) -> [UInt32] {
        let columns = types.indices.map { column in OperatorColumn(types[column], rows.map { $0[column] }) }
        var groups = Array(repeating: UInt32.max, count: rows.count)
        withSelection(selection, rowCount: rows.count) { rows in
            unsafe groups.withUnsafeMutableBufferPointer { groups in
                guard let base = groups.baseAddress else { return }
                unsafe table.findOrCreate(columns.map(\.vector), rows, groups: base)
                withExtendedLifetime(columns) {}
            }
        }
        withExtendedLifetime(columns) {}
        return groups
    }

    private func withSelection(_ selection: [UInt16]?, rowCount: Int, _ body: (SelectionVector) -> Void) {
        guard var list = selection else { return body(SelectionVector(all: rowCount)) }
        unsafe list.withUnsafeMutableBufferPointer { list in
            body(unsafe SelectionVector(list.baseAddress, count: list.count, rowCount: rowCount))
        }
    }

    private func find(_ table: GroupTable, _ types: [VectorType], _ rows: [[SQLValue]]) -> [UInt32] {
        let columns = types.indices.map { column in OperatorColumn(types[column], rows.map { $0[column] }) }
        var groups = Array(repeating: UInt32(77), count: rows.count)
        unsafe groups.withUnsafeMutableBufferPointer { groups in
            guard let base = groups.baseAddress else { return }
            unsafe table.find(
                columns.map(\.vector), SelectionVector(all: rows.count), groups: base, ProbeScratch())
            withExtendedLifetime(columns) {}
        }
        withExtendedLifetime(columns) {}
        return groups
    }

    private func storedKey(_ table: GroupTable, _ group: Int) -> OperatorKey {
        OperatorKey(
            table.keys(from: group & ~63, count: min(64, table.groupCount - group & ~63)).map { key in
                key.type == .int128
                    ? key.isValid(group & 63)
                        ? .integer(Int64(truncatingIfNeeded: unsafe key.pointer(Int128.self)[group & 63] >> 40)) : .null
                    : key.datum(group & 63).sqlValue
            })
    }

    @Test(arguments: types, [3, 60, 5000])
    func `equal keys are one group through every change of tier`(_ types: [VectorType], _ spread: Int) {
        for seed in UInt64(0)..<3 {
            var random = SeededGenerator(seed: seed)
            let table = GroupTable(keyTypes: types)
            var known: [OperatorKey: UInt32] = [:]
            for stage in 0..<5 {
                for batch in 0..<3 {
                    let count = [1, 70, 2048][batch]
                    let rows = (0..<count).map { _ in
                        types.map { random.value($0, spread: spread, stage: stage) }
                    }
                    let selection: [UInt16]? =
                        batch == 1 ? (0..<UInt16(count)).filter { $0 % 3 != 1 } : nil
                    let groups = findOrCreate(table, types, rows, selection: selection)
                    for row in selection.map({ $0.map(Int.init) }) ?? Array(0..<count) {
                        let key = OperatorKey(rows[row])
                        if let group = known[key] {
                            #expect(groups[row] == group, "seed \(seed), stage \(stage): \(key)")
                        } else {
                            known[key] = groups[row]
                        }
                    }
                }
                #expect(Set(known.values) == Set(0..<UInt32(table.groupCount)), "seed \(seed), stage \(stage)")
                #expect(known.count == table.groupCount)
            }
            for (key, group) in known { #expect(storedKey(table, Int(group)) == key) }
            // Keys that are there and keys that are not, also such as no packed field can hold.
            let probes = (0..<600).map { index in
                types.map { random.value($0, spread: spread * 2, stage: index % 5) }
            }
            let found = find(table, types, probes)
            for (row, group) in found.enumerated() {
                #expect(group == known[OperatorKey(probes[row])] ?? noStoredRow, "seed \(seed): \(probes[row])")
            }
        }
    }

    @Test(arguments: [VectorType.int64, .text, .any])
    func `a table grows to many groups`(_ type: VectorType) {
        let table = GroupTable(keyTypes: [type])
        let total = 60_000
        var known: [UInt32] = []
        for pass in 0..<2 {
            for first in stride(from: 0, to: total, by: 2048) {
                let numbers = first..<min(first + 2048, total)
                let groups = findOrCreate(
                    table, [type],
                    numbers.map { number in
                        switch type {
                        case .int64: [.integer(Int64(number) &* 0x1234_5678_9ABC_DEF)]
                        case .text: [.text("text number \(number)")]
                        default: [number % 2 == 0 ? .integer(Int64(number)) : .real(Double(number) + 0.5)]
                        }
                    })
                if pass == 0 { known += groups } else { #expect(groups == Array(known[numbers])) }
            }
        }
        #expect(table.groupCount == total)
        #expect(Set(known) == Set(0..<UInt32(total)))
    }

    @Test func `a lookup in an empty table finds nothing`() {
        let table = GroupTable(keyTypes: [.int64])
        #expect(find(table, [.int64], [[.integer(1)], [.null]]) == [noStoredRow, noStoredRow])
    }
}
