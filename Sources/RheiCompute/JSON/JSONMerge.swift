import RheiArrow
import RheiCore

/// `json_patch`: merges a patch into a document (RFC 7396).
struct JSONMerge {
    private let target: JSONDocument
    private let patch: JSONDocument

    static func patch(_ arguments: FunctionArguments, _ context: FunctionContext) throws -> Datum {
        let target = JSONDocument()
        let patch = JSONDocument()
        for (document, argument) in [(target, arguments[0]), (patch, arguments[1])] {
            if argument.isNull { return .null }
            guard argument.textValue(context.arena).withRun({ document.parse($0) }) else {
                throw JSONDocument.malformed
            }
        }
        let merge = JSONMerge(target: target, patch: patch)
        let isPatch = merge.apply(0, to: 0)
        return try context.makeText { output in
            if isPatch {
                try patch.append(0, arguments: nil, context.arena, to: &output)
            } else {
                try target.append(0, arguments: nil, patch: patch, context.arena, to: &output)
            }
        }
    }

    /// Merges a node of the patch into a node of the target.
    ///
    /// - Returns: whether the node of the patch takes the place of the target's.
    private func apply(_ source: Int, to object: Int) -> Bool {
        guard patch.nodes[source].kind == .object else { return true }
        guard target.nodes[object].kind == .object else {
            removeNulls(source)
            return true
        }
        var last = object
        let end = source + patch.nodes[source].count
        var label = source + 1
        while label <= end {
            let value = label + 1
            defer { label = value + patch.nodes[value].size }
            let isNull = patch.nodes[value].kind == .null
            if let member = member(of: object, spelled: label) {
                if target.change(of: member).map({ $0.isRemoved || $0.patch != nil }) == true { continue }
                if isNull {
                    target.change(member) { $0.isRemoved = true }
                } else if apply(value, to: member) {
                    target.change(member) { $0.patch = value }
                }
            } else if !isNull {
                removeNulls(source)
                last = append(label, value, behind: last)
            }
        }
        return false
    }

    /// The value of the target's own member whose label is spelled like one of the patch.
    private func member(of object: Int, spelled label: Int) -> Int? {
        var index = object + 1
        while index <= object + target.nodes[object].count {
            if target.bytes(index) == patch.bytes(label) { return index + 1 }
            index += 1
            index += target.nodes[index].size
        }
        return nil
    }

    /// Adds a member; returns the container that was added for it.
    private func append(_ label: Int, _ value: Int, behind part: Int) -> Int {
        let first = target.nodes.count
        let bytes = patch.bytes(label)
        target.nodes.append(JSONNode(kind: .object, count: 2, start: 0, parent: part))
        target.nodes.append(
            JSONNode(kind: .text, isLabel: true, count: bytes.count, start: target.text.count, parent: first))
        target.text += bytes
        target.nodes.append(JSONNode(kind: .true, count: 0, start: 0, parent: first))
        target.change(part) { $0.appended = first }
        target.change(first + 2) { $0.patch = value }
        return first
    }

    /// Members that are null do not come into the target, at any depth of objects.
    private func removeNulls(_ object: Int) {
        guard patch.nodes[object].kind == .object else { return }
        var index = object + 1
        while index <= object + patch.nodes[object].count {
            let value = index + 1
            switch patch.nodes[value].kind {
            case .null: patch.change(value) { $0.isRemoved = true }
            case .object: removeNulls(value)
            default: break
            }
            index = value + patch.nodes[value].size
        }
    }
}
