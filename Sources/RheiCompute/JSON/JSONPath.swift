import RheiCore

/// Follows paths such as `$.a[0]."b c"` in a document, adding what is missing where asked to.
struct JSONPath {
    private let document: JSONDocument
    private let path: ByteRun
    /// Whether a member or element behind the last one is added when it is missing.
    private let mayAppend: Bool
    /// The containers to which something was added.
    private var extended: [Int] = []

    private init(_ document: JSONDocument, _ path: ByteRun, mayAppend: Bool) {
        self.document = document
        self.path = path
        self.mayAppend = mayAppend
    }

    /// Returns the node that a path leads to, nil when there is none.
    ///
    /// - Throws: `invalidArgument` where following the path meets an error in it.
    static func find(_ path: ByteRun, in document: JSONDocument) throws -> Int? {
        var walk = JSONPath(document, path.upToNul, mayAppend: false)
        return try walk.walk()
    }

    /// As ``find(_:in:)``, but adds what is missing; `isNew` says whether it has.
    static func findOrAppend(_ path: ByteRun, in document: JSONDocument) throws -> (node: Int, isNew: Bool)? {
        var walk = JSONPath(document, path.upToNul, mayAppend: true)
        guard let node = try walk.walk() else {
            for part in walk.extended { document.change(part) { $0.appended = nil } }
            return nil
        }
        return (node, !walk.extended.isEmpty)
    }

    private func byte(_ place: Int) -> UInt8 { place < path.count ? path[place] : 0 }

    private mutating func walk() throws -> Int? {
        guard byte(0) == 0x24 else { throw error(at: 0) }
        var node = 0
        var place = 1
        while place < path.count {
            if document.change(of: node)?.replacement != nil { return nil }
            let next: Int?
            switch byte(place) {
            case 0x2E: next = try member(of: node, &place)
            case 0x5B: next = try element(of: node, &place)
            default: throw error(at: place)
            }
            guard let next else { return nil }
            node = next
        }
        return node
    }

    private func error(at place: Int) -> EngineError {
        let rest = path.slice(place, path.count)
        let shown = unsafe String(decoding: rest.bytes, as: UTF8.self)
        return EngineError(
            .invalidArgument,
            "JSON path error near '\(shown.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''"))'"
        )
    }

    // MARK: members

    private mutating func member(of object: Int, _ place: inout Int) throws -> Int? {
        guard document.nodes[object].kind == .object else { return nil }
        let start = place + 1
        let key: ByteRun
        if byte(start) == 0x22 {
            var end = start + 1
            while end < path.count, path[end] != 0x22 { end += 1 }
            guard end < path.count else { throw error(at: start) }
            key = path.slice(start + 1, end)
            place = end + 1
        } else {
            var end = start
            while end < path.count, path[end] != 0x2E, path[end] != 0x5B { end += 1 }
            guard end > start else { throw error(at: start) }
            key = path.slice(start, end)
            place = end
        }
        var part = object
        while true {
            var index = part + 1
            while index <= part + document.nodes[part].count {
                if document.isLabel(index, equalTo: key) { return index + 1 }
                index += 1
                index += document.nodes[index].size
            }
            guard let next = document.change(of: part)?.appended else { break }
            part = next
        }
        return mayAppend ? append(.object, key: key, behind: part, place) : nil
    }

    // MARK: elements

    private mutating func element(of array: Int, _ place: inout Int) throws -> Int? {
        let start = place
        var index: UInt32 = 0
        place += 1
        if isDigit(byte(place)) {
            while isDigit(byte(place)) {
                index = index &* 10 &+ UInt32(byte(place) &- 0x30)
                place += 1
            }
            guard byte(place) == 0x5D else { throw error(at: start) }
        } else {
            guard byte(place) == 0x23 else { throw error(at: start) }
            guard document.nodes[array].kind == .array else { return nil }
            place += 1
            index = UInt32(truncatingIfNeeded: liveCount(of: array))
            if byte(place) == 0x2D, isDigit(byte(place + 1)) {
                place += 1
                var offset: UInt32 = 0
                while isDigit(byte(place)) {
                    offset = offset &* 10 &+ UInt32(byte(place) &- 0x30)
                    place += 1
                }
                if offset > index { return nil }
                index -= offset
            }
            guard byte(place) == 0x5D else { throw error(at: start) }
        }
        guard document.nodes[array].kind == .array else { return nil }
        place += 1
        return element(index, of: array, place)
    }

    private func liveCount(of array: Int) -> Int {
        var count = 0
        var part: Int? = array
        while let current = part {
            var index = current + 1
            while index <= current + document.nodes[current].count {
                if document.change(of: index)?.isRemoved != true { count += 1 }
                index += document.nodes[index].size
            }
            part = document.change(of: current)?.appended
        }
        return count
    }

    private mutating func element(_ number: UInt32, of array: Int, _ place: Int) -> Int? {
        var rest = number
        var part = array
        while true {
            var index = part + 1
            let end = part + document.nodes[part].count
            while index <= end, rest > 0 || document.change(of: index)?.isRemoved == true {
                if document.change(of: index)?.isRemoved != true { rest -= 1 }
                index += document.nodes[index].size
            }
            guard let next = document.change(of: part)?.appended else {
                if index <= end { return index }
                break
            }
            // Where something was appended, SQLite 3.40 goes on to it even if it has found the element.
            part = next
        }
        return rest == 0 && mayAppend ? append(.array, key: nil, behind: part, place) : nil
    }

    // MARK: adding

    /// Adds a member or element, and room in it for what the rest of the path names; nil where the rest cannot be
    /// added.
    private mutating func append(_ kind: JSONKind, key: ByteRun?, behind part: Int, _ place: Int) -> Int? {
        let next: JSONKind
        if place >= path.count {
            next = .null
        } else if byte(place) == 0x2E {
            next = .object
        } else if byte(place) == 0x5B, byte(place + 1) == 0x30, byte(place + 2) == 0x5D {
            next = .array
        } else {
            return nil
        }
        extended.append(part)
        return document.append(kind, key: key, value: next, behind: part)
    }
}

extension JSONDocument {
    /// What became of a node, nil when nothing was changed anywhere.
    func change(of index: Int) -> JSONChange? { changes.isEmpty ? nil : changes[index] }

    /// Notes a change of a node.
    func change(_ index: Int, _ body: (inout JSONChange) -> Void) {
        while changes.count < nodes.count { changes.append(JSONChange()) }
        body(&changes[index])
    }

    /// Whether a label is spelled like a key of a path: escapes are compared as they stand.
    func isLabel(_ index: Int, equalTo key: ByteRun) -> Bool {
        let label = bytes(index)
        let isPlain = nodes[index].isPlain
        guard label.count == (isPlain ? key.count : key.count + 2) else { return false }
        let start = label.startIndex + (isPlain ? 0 : 1)
        for offset in 0..<key.count where label[start + offset] != key[offset] { return false }
        return true
    }

    /// Adds a container that continues `part`, with one element of the given kind; returns the element.
    func append(_ kind: JSONKind, key: ByteRun?, value: JSONKind, behind part: Int) -> Int {
        let first = nodes.count
        nodes.append(JSONNode(kind: kind, count: key == nil ? 1 : 2, start: 0, parent: part))
        if let key {
            nodes.append(
                JSONNode(kind: .text, isLabel: true, isPlain: true, count: key.count, start: text.count, parent: first))
            JSONText.append(key, to: &text)
        }
        nodes.append(JSONNode(kind: value, count: 0, start: 0, parent: first))
        change(part) { $0.appended = first }
        return nodes.count - 1
    }
}
