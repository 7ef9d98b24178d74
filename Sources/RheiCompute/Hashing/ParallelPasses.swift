/// Work in passes that follow each other, each made of tasks that threads run in any order, every task once.
///
/// What one task writes no other one touches before the pass has ended.
package protocol ParallelPasses: AnyObject, Sendable {
    /// Ends the pass before, if any, and plans the next one; called on one thread at a time.
    ///
    /// - Returns: the number of tasks, nil when all is done.
    func nextPass() -> Int?
    func run(task: Int)
}

extension ParallelPasses {
    package func runAlone() {
        while let taskCount = nextPass() {
            for task in 0..<taskCount { run(task: task) }
        }
    }
}

/// Returns part `index` of `count` parts of nearly equal length.
func part(_ index: Int, of count: Int, _ range: Range<Int>) -> Range<Int> {
    let first = range.lowerBound + range.count * index / count
    return first..<range.lowerBound + range.count * (index + 1) / count
}
