import RheiArrow
import RheiCore

/// `unnest(list, …)`: the elements of lists side by side, as many rows as the longest has; lists that are null have
/// none.
///
/// Arguments come in pairs: the ``NestedType/code`` of the elements' type, and the list. A column per list.
package final class UnnestProducer: RowProducer {
    private var lists: [[Datum]] = []
    private var row = -1
    private var rowCount = 0
    private var types: [[UInt8]: NestedType] = [:]

    package override init() { super.init() }

    override func begin(_ arguments: [Datum]) throws {
        lists.removeAll(keepingCapacity: true)
        for index in stride(from: 0, to: arguments.count - 1, by: 2) {
            let list = arguments[index + 1]
            lists.append(list.isNull ? [] : list.elements(try type(arguments[index]), arena))
        }
        rowCount = lists.map(\.count).max() ?? 0
        row = -1
    }

    private func type(_ code: Datum) throws -> NestedType {
        let code = code.slot.withRun { $0.array }
        if let known = types[code] { return known }
        guard let type = NestedType(code: code) else {
            throw EngineError(.invariant, "unnest() of a list without type")
        }
        types[code] = type
        return type
    }

    override func advance() -> Bool {
        row += 1
        return row < rowCount
    }

    override func value(column: Int) -> Datum { row < lists[column].count ? lists[column][row] : .null }
}
