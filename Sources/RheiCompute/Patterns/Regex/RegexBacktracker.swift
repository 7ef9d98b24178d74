/// Finds a regular expression by following one thread at a time and coming back to the other side of each choice.
///
/// A choice is followed once per place, which a table of bits remembers, so that the time stays linear in the length of
/// the text (the bit-state matcher of R. Cox, "Regular Expression Matching in the Wild", 2010). It carries no copies of
/// places and is several times faster than `RegexMatcher`'s threads, but needs a bit per choice and place.
struct RegexBacktracker {
    /// The most bits of the table.
    private static let maximumBitCount = 1 << 18

    private let program: RegexProgram
    /// Per instruction, the number of a choice among the choices.
    private let splitNumbers: [Int]
    private let splitCount: Int
    /// Per instruction, the set of a choice that takes as many characters of one set as it can; -1 for others.
    private let loopSets: [Int]
    /// Whether a match begins at the text's first byte or not at all.
    private let startsWithText: Bool
    /// The characters that a match begins with, where the program tells by its first instruction.
    private let firstSet: Int?
    private var visited: [UInt64] = []
    private var pending: [Pending] = []
    /// Places of the match that `find` found last: by group the first byte and the one behind the last, -1 for groups
    /// that took no part.
    private(set) var slots: [Int]

    /// What is left to do when a thread ends without a match.
    private struct Pending {
        /// The instruction to go on at, or the complement of a slot to restore.
        var target: Int
        /// The place in the text, or the slot's value.
        var value: Int
        /// The first of several places down to which to go on, from `value` on.
        var lowest = Int.max
    }

    init(_ program: RegexProgram) {
        self.program = program
        var splitCount = 0
        splitNumbers = program.instructions.map { instruction in
            guard case .split = instruction else { return 0 }
            splitCount += 1
            return splitCount - 1
        }
        self.splitCount = splitCount
        loopSets = program.instructions.indices.map { Self.loopSet(of: program.instructions, at: $0) }
        var (startsWithText, firstSet) = (false, nil as Int?)
        switch program.instructions[1] {
        case .assertion(.textStart): startsWithText = true
        case .set(let set): firstSet = set
        default: break
        }
        (self.startsWithText, self.firstSet) = (startsWithText, firstSet)
        slots = [Int](repeating: -1, count: (program.groupCount + 1) * 2)
    }

    private static func loopSet(of instructions: [RegexProgram.Instruction], at index: Int) -> Int {
        guard case .split(index + 1, _) = instructions[index], case .set(let set) = instructions[index + 1],
            case .jump(index) = instructions[index + 2]
        else { return -1 }
        return set
    }

    /// Whether the table of bits for the text from `start` on is small enough.
    func fits(_ text: ByteRun, from start: Int) -> Bool {
        splitCount == 0 || text.count - start < Self.maximumBitCount / splitCount
    }

    /// Looks for the leftmost match at or after `start`, as `RegexMatcher.find` does, and puts its places into `slots`.
    mutating func find(_ text: ByteRun, from start: Int, isAnchored: Bool, isWhole: Bool) -> Bool {
        let width = text.count - start + 1
        let wordCount = (splitCount * width + 63) / 64
        visited.removeAll(keepingCapacity: true)
        visited.append(contentsOf: repeatElement(0, count: wordCount))
        var index = start
        while index <= text.count {
            if startsWithText, index > 0 { return false }
            if mayBegin(text, index), follow(text, from: index, start: start, width: width, isWhole: isWhole) {
                return true
            }
            guard !isAnchored, index < text.count else { return false }
            _ = readCharacter(text, &index)
        }
        return false
    }

    /// Whether a match may begin at a place, as far as the next character tells.
    private func mayBegin(_ text: ByteRun, _ index: Int) -> Bool {
        guard let firstSet else { return true }
        guard index < text.count else { return false }
        var following = index
        return program.set(firstSet, contains: readCharacter(text, &following))
    }

    /// Follows all threads from one place, in the order of preference, until one matches.
    private mutating func follow(_ text: ByteRun, from place: Int, start: Int, width: Int, isWhole: Bool) -> Bool {
        for slot in slots.indices { slots[slot] = -1 }
        pending.removeAll(keepingCapacity: true)
        var (instruction, index) = (0, place)
        while true {
            let isStuck: Bool
            switch program.instructions[instruction] {
            case .match:
                isStuck = isWhole && index < text.count
                if !isStuck { return true }
            case .set(let set):
                isStuck = index >= text.count || !take(set, text, &index)
                instruction += 1
            case .jump(let target):
                isStuck = false
                instruction = target
            case .save(let slot):
                isStuck = false
                pending.append(Pending(target: ~slot, value: slots[slot]))
                slots[slot] = index
                instruction += 1
            case .assertion(let assertion):
                isStuck = !assertion.holds(in: text, at: index)
                instruction += 1
            case .split(let first, let second):
                let bit = splitNumbers[instruction] * width + index - start
                isStuck = visited[bit >> 6] >> UInt64(bit & 63) & 1 == 1
                visited[bit >> 6] |= 1 << UInt64(bit & 63)
                if loopSets[instruction] >= 0, !isStuck {
                    repeatSet(loopSets[instruction], text, bit: bit, from: &index, target: second)
                    instruction = second
                } else {
                    if !isStuck { pending.append(Pending(target: second, value: index)) }
                    instruction = first
                }
            }
            if isStuck {
                guard let next = nextChoice(text) else { return false }
                (instruction, index) = (next.target, next.value)
            }
        }
    }

    /// Takes as many characters of a set as there are, up to a place where the choice was followed before, and leaves
    /// the places before the last to be followed later, the last of them first.
    private mutating func repeatSet(_ set: Int, _ text: ByteRun, bit: Int, from index: inout Int, target: Int) {
        let (lowest, offset) = (index, bit - index)
        var last = index
        while index < text.count, take(set, text, &index) {
            let bit = index + offset
            if visited[bit >> 6] >> UInt64(bit & 63) & 1 == 1 { break }
            visited[bit >> 6] |= 1 << UInt64(bit & 63)
            last = index
        }
        index = last
        if last > lowest {
            pending.append(Pending(target: target, value: previous(last, text), lowest: lowest))
        }
    }

    /// The place of the character before a place; bytes that continue no character are characters of their own.
    private func previous(_ index: Int, _ text: ByteRun) -> Int {
        var place = index - 1
        while place > 0, text[place] & 0xC0 == 0x80 { place -= 1 }
        return text[place] >= 0xC0 ? place : index - 1
    }

    /// Takes one character when it is in the set.
    @inline(__always) private func take(_ set: Int, _ text: ByteRun, _ index: inout Int) -> Bool {
        let byte = text[index]
        guard byte >= 0x80 else {
            guard program.set(set, contains: UInt32(byte)) else { return false }
            index += 1
            return true
        }
        return program.set(set, contains: readCharacter(text, &index))
    }

    /// The other side of the last choice, with the slots as they were there.
    private mutating func nextChoice(_ text: ByteRun) -> Pending? {
        while let last = pending.popLast() {
            if last.target >= 0 {
                if last.value > last.lowest {
                    pending.append(
                        Pending(target: last.target, value: previous(last.value, text), lowest: last.lowest))
                }
                return last
            }
            slots[~last.target] = last.value
        }
        return nil
    }
}
