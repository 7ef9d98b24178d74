import RheiArrow
import RheiCore

/// `json_each` and `json_tree`: the elements of a document, or all of its values, in the order of the text.
///
/// Columns: key, value, type, atom, id, parent, fullkey, path, json, root.
package final class JSONRowProducer: RowProducer {
    private let isRecursive: Bool
    private let document = JSONDocument()
    private var json = Datum.null
    private var root = Datum.null
    /// The first node of the walk.
    private var begin = 0
    private var end = 0
    /// The current node: in an object the label of the member.
    private var index = 0
    private var rowCount = 0
    /// The kind of what the current node lies in.
    private var containerKind = JSONKind.null
    /// Per array, the place of its current element.
    private var places: [Int] = []

    /// - Parameter isRecursive: whether the values inside values are yielded too.
    package init(isRecursive: Bool) {
        self.isRecursive = isRecursive
        super.init()
    }

    override func begin(_ arguments: [Datum]) throws {
        (begin, end, index, rowCount) = (0, 0, 0, 0)
        if arguments.contains(where: \.isNull) { return }
        json = arguments[0].textValue(arena).withRun { .text(arena.store($0.upToNul)) }
        guard arguments[0].textValue(arena).withRun({ document.parse($0) }) else { throw JSONDocument.malformed }
        root = .null
        var start: Int? = 0
        if arguments.count == 2 {
            let path = arguments[1].textValue(arena)
            root = path.withRun { .text(arena.store($0.upToNul)) }
            start = try path.withRun { try JSONPath.find($0, in: document) }
        }
        guard let start else { return }
        places = isRecursive ? [Int](repeating: 0, count: document.nodes.count) : []
        open(start)
    }

    private func open(_ start: Int) {
        let node = document.nodes[start]
        begin = start
        index = start
        containerKind = node.kind
        guard node.kind.isContainer else {
            end = start + 1
            return
        }
        end = start + node.count + 1
        if isRecursive {
            containerKind = document.nodes[node.parent].kind
            if start > 0, document.nodes[start - 1].isLabel { index -= 1 }
        } else {
            index += 1
        }
    }

    override func advance() -> Bool {
        defer { rowCount += 1 }
        if rowCount == 0 { return index < end }
        if !isRecursive {
            switch containerKind {
            case .array: index += document.nodes[index].size
            case .object: index += 1 + document.nodes[index + 1].size
            default: index = end
            }
            return index < end
        }
        if document.nodes[index].isLabel { index += 1 }
        index += 1
        guard index < end else { return false }
        let container = document.nodes[index].parent
        containerKind = document.nodes[container].kind
        if containerKind == .array { places[container] = container == index - 1 ? 0 : places[container] + 1 }
        return true
    }

    /// The number of the current row, from 0.
    private var row: Int { rowCount - 1 }
    private var valueIndex: Int { document.nodes[index].isLabel ? index + 1 : index }

    override func value(column: Int) throws -> Datum {
        switch column {
        case 0: return try key()
        case 1: return try document.value(valueIndex, arena)
        case 2: return .text(document.nodes[valueIndex].kind.name)
        case 3: return document.nodes[valueIndex].kind.isContainer ? .null : try document.value(valueIndex, arena)
        case 4: return .integer(Int64(valueIndex))
        case 5: return isRecursive && index > begin ? .integer(Int64(document.nodes[index].parent)) : .null
        case 6: return .text(arena.store(fullKey()))
        case 7: return isRecursive ? .text(arena.store(path(of: document.nodes[index].parent))) : rootText()
        case 8: return json
        default: return rootText()
        }
    }

    private func rootText() -> Datum { root.isNull ? .text(arena.store([0x24])) : root }

    private func key() throws -> Datum {
        if index == 0 { return .null }
        switch containerKind {
        case .object: return try document.value(index, arena)
        case .array:
            if !isRecursive { return .integer(Int64(row)) }
            return row == 0 ? .null : .integer(Int64(places[document.nodes[index].parent]))
        default: return .null
        }
    }

    private func fullKey() -> [UInt8] {
        if isRecursive { return path(of: index) }
        var path = rootText().slot.withRun { $0.array }
        switch containerKind {
        case .array: appendPlace(row, to: &path)
        case .object: appendLabel(index, to: &path)
        default: break
        }
        return path
    }

    /// The path from the root to a node.
    private func path(of node: Int) -> [UInt8] {
        var steps: [Int] = []
        var current = node
        while current > 0 {
            steps.append(current)
            current = document.nodes[current].parent
        }
        var path: [UInt8] = [0x24]
        for step in steps.reversed() {
            let container = document.nodes[step].parent
            if document.nodes[container].kind == .array {
                appendPlace(places[container], to: &path)
            } else {
                appendLabel(document.nodes[step].isLabel ? step : step - 1, to: &path)
            }
        }
        return path
    }

    private func appendPlace(_ place: Int, to path: inout [UInt8]) {
        path.append(0x5B)
        path += String(place).utf8
        path.append(0x5D)
    }

    /// Labels that are no words of ASCII letters and digits keep their quotes.
    private func appendLabel(_ label: Int, to path: inout [UInt8]) {
        path.append(0x2E)
        let quoted = document.bytes(label)
        let plain = quoted.dropFirst().dropLast()
        let isWord =
            plain.first.map { ($0 | 0x20) &- 0x61 < 26 } == true
            && plain.allSatisfy { isDigit($0) || ($0 | 0x20) &- 0x61 < 26 }
        path += isWord ? plain : quoted
    }
}
