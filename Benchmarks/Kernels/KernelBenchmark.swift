/// `kernel-bench [WORD]`: what kernels cost, one thread, in a table of Markdown: those with the word in their name, or
/// all.
@main struct KernelBenchmark {
    static func main() throws {
        let word = CommandLine.arguments.dropFirst().first
        print("| kernel | rows a call | ns a row | allocations a call |", "| --- | --- | --- | --- |", separator: "\n")
        for group in [KernelCase.expressions, KernelCase.hashing, KernelCase.sorting] {
            for kernel in try group() where word.map({ kernel.name.contains($0) }) ?? true {
                let cost = try kernel.measure()
                let time = (cost.nanosecondsPerRow * 100).rounded() / 100
                let allocations = (cost.allocationsPerCall * 10).rounded() / 10
                print("| \(kernel.name) | \(kernel.rowCount) | \(time) | \(allocations) |")
            }
        }
    }
}
