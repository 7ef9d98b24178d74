/// Finds a regular expression in texts, in time linear in their length.
///
/// Short texts go to `RegexBacktracker`. In long ones all threads of the program advance together, character by
/// character (R. Pike's virtual machine, as described in R. Cox, "Regular Expression Matching: the Virtual Machine
/// Approach", 2009).
final class RegexMatcher {
    let program: RegexProgram
    /// Number of places that threads carry.
    private var slotCount: Int
    /// Threads by priority: the instruction, and where its slots begin in `slots`.
    private struct Threads {
        var instructions: [Int] = []
        var slots: [Int] = []
        /// Per instruction, the step at which it was last added.
        var marks: [Int]
    }
    private var current: Threads
    private var next: Threads
    private var step = 0
    private var stack: [Pending] = []
    private var backtracker: RegexBacktracker

    /// What adding a thread has still to do.
    private enum Pending {
        case visit(Int)
        case restore(slot: Int, value: Int)
    }

    init(_ program: RegexProgram) {
        self.program = program
        backtracker = RegexBacktracker(program)
        slotCount = (program.groupCount + 1) * 2
        let marks = [Int](repeating: -1, count: program.instructions.count)
        current = Threads(marks: marks)
        next = Threads(marks: marks)
    }

    /// Returns the places of the leftmost match at or after `start`: by group the first byte and the one behind the
    /// last, -1 for groups that took no part. Nil when there is none.
    ///
    /// - Parameters:
    ///   - isAnchored: whether the match must begin at `start`.
    ///   - isWhole: whether it must end where the text does.
    ///   - needsPlaces: whether more than the existence of a match is wanted.
    func find(
        _ text: ByteRun, from start: Int = 0, isAnchored: Bool = false, isWhole: Bool = false, needsPlaces: Bool = true
    ) -> [Int]? {
        if backtracker.fits(text, from: start) {
            return backtracker.find(text, from: start, isAnchored: isAnchored, isWhole: isWhole)
                ? backtracker.slots : nil
        }
        return findByThreads(
            text, from: start, isAnchored: isAnchored, isWhole: isWhole, needsPlaces: needsPlaces)
    }

    /// What `find` does with long texts.
    func findByThreads(
        _ text: ByteRun, from start: Int, isAnchored: Bool, isWhole: Bool, needsPlaces: Bool
    ) -> [Int]? {
        slotCount = needsPlaces ? (program.groupCount + 1) * 2 : 0
        var found: [Int]?
        var index = start
        clear(&current)
        while true {
            var following = index
            let character: UInt32? = index < text.count ? readCharacter(text, &following) : nil
            if found == nil, !isAnchored || index == start {
                var slots = [Int](repeating: -1, count: slotCount)
                add(0, &slots, text, index, to: &current)
            }
            if current.instructions.isEmpty, found != nil || isAnchored && index > start { break }
            clear(&next)
            let isAtEnd = index == text.count
            if advance(character, text, following, isAtEnd: isAtEnd, isWhole, &found), !needsPlaces { break }
            guard character != nil else { break }
            swap(&current, &next)
            index = following
        }
        return found
    }

    private func clear(_ threads: inout Threads) {
        threads.instructions.removeAll(keepingCapacity: true)
        threads.slots.removeAll(keepingCapacity: true)
        step += 1
    }

    /// Lets every thread take the character.
    ///
    /// - Returns: whether a match was found.
    private func advance(
        _ character: UInt32?, _ text: ByteRun, _ following: Int, isAtEnd: Bool, _ isWhole: Bool, _ found: inout [Int]?
    ) -> Bool {
        for (number, instruction) in current.instructions.enumerated() {
            let first = number * slotCount
            switch program.instructions[instruction] {
            case .match:
                if isWhole && !isAtEnd { continue }
                found = Array(current.slots[first..<first + slotCount])
                // Threads of lower priority are cut off.
                return true
            case .set(let set):
                guard let character, program.set(set, contains: character) else { continue }
                var slots = Array(current.slots[first..<first + slotCount])
                add(instruction + 1, &slots, text, following, to: &next)
            default: break
            }
        }
        return false
    }

    /// Adds a thread and what it reaches without taking a character, in the order of preference.
    private func add(
        _ start: Int, _ slots: inout [Int], _ text: ByteRun, _ index: Int, to threads: inout Threads
    ) {
        stack.append(.visit(start))
        while let pending = stack.popLast() {
            switch pending {
            case .restore(let slot, let value): slots[slot] = value
            case .visit(let instruction):
                if threads.marks[instruction] == step { continue }
                threads.marks[instruction] = step
                switch program.instructions[instruction] {
                case .jump(let target): stack.append(.visit(target))
                case .split(let first, let second):
                    stack.append(.visit(second))
                    stack.append(.visit(first))
                case .save(let slot) where slot >= slotCount: stack.append(.visit(instruction + 1))
                case .save(let slot):
                    stack.append(.restore(slot: slot, value: slots[slot]))
                    slots[slot] = index
                    stack.append(.visit(instruction + 1))
                case .assertion(let assertion):
                    if assertion.holds(in: text, at: index) { stack.append(.visit(instruction + 1)) }
                case .set, .match:
                    threads.instructions.append(instruction)
                    threads.slots.append(contentsOf: slots)
                }
            }
        }
    }
}
