import RheiCore

extension JSONDocument {
    /// Appends the JSON text of a node, changes applied and spaces left out.
    ///
    /// - Parameters:
    ///   - arguments: the JSON texts that replace nodes.
    ///   - patch: the document of the nodes that stand in the place of others.
    func append(
        _ index: Int, arguments: JSONArguments?, patch: JSONDocument? = nil, _ arena: StringArena,
        to output: inout [UInt8]
    ) throws {
        if !changes.isEmpty {
            if let replacement = changes[index].replacement, let arguments {
                return arguments.append(replacement, to: &output)
            }
            if let source = changes[index].patch, let patch {
                return try patch.append(source, arguments: nil, arena, to: &output)
            }
        }
        let node = nodes[index]
        switch node.kind {
        case .null: output += [0x6E, 0x75, 0x6C, 0x6C]
        case .true: output += [0x74, 0x72, 0x75, 0x65]
        case .false: output += [0x66, 0x61, 0x6C, 0x73, 0x65]
        case .integer, .real: output += bytes(index)
        case .text:
            if node.isPlain {
                Array(bytes(index)).withRun { JSONText.appendQuoted($0, to: &output) }
            } else {
                output += bytes(index)
            }
        case .array, .object:
            output.append(node.kind == .array ? 0x5B : 0x7B)
            try appendElements(of: index, arguments, patch, arena, to: &output)
            output.append(node.kind == .array ? 0x5D : 0x7D)
        }
    }

    private func appendElements(
        of container: Int, _ arguments: JSONArguments?, _ patch: JSONDocument?, _ arena: StringArena,
        to output: inout [UInt8]
    ) throws {
        let isObject = nodes[container].kind == .object
        var isFirst = true
        var part: Int? = container
        while let current = part {
            let end = current + nodes[current].count
            var index = current + 1
            while index <= end {
                let value = isObject ? index + 1 : index
                if changes.isEmpty || !changes[value].isRemoved {
                    if !isFirst { output.append(0x2C) }
                    isFirst = false
                    if isObject {
                        try append(index, arguments: arguments, patch: patch, arena, to: &output)
                        output.append(0x3A)
                    }
                    try append(value, arguments: arguments, patch: patch, arena, to: &output)
                }
                index = value + nodes[value].size
            }
            part = changes.isEmpty ? nil : changes[current].appended
        }
    }
}

/// JSON texts that take the place of nodes, by the number of the argument.
struct JSONArguments {
    private let arguments: FunctionArguments

    init(_ arguments: FunctionArguments) { self.arguments = arguments }

    /// Appends an argument, which is a JSON text already.
    func append(_ index: Int, to output: inout [UInt8]) {
        let value = arguments[index]
        if value.isNull {
            output += [0x6E, 0x75, 0x6C, 0x6C]
        } else {
            value.slot.withRun { JSONText.append($0, to: &output) }
        }
    }
}
