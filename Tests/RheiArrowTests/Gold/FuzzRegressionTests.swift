import Foundation
import RheiArrow
import RheiCore
import RheiTestSupport
import Testing

/// The inputs that once stopped other implementations (`make arrow-gold`): an error or valid batches for each.
@Suite(.enabled(if: ArrowTestingFolder.path != nil, "RHEI_ARROW_TESTING names no checkout of apache/arrow-testing"))
struct FuzzRegressionTests {
    static let inputs = ["arrow-ipc-stream", "arrow-ipc-file"].flatMap { folder in
        ArrowTestingFolder.files(folder, suffixes: [""]).filter {
            !$0.contains("/integration") && !$0.hasSuffix(".md")
        }
    }

    @Test func `all inputs are there`() { #expect(Self.inputs.count == 135) }

    @Test(arguments: inputs)
    func `an input that stopped others gives an error or batches`(path: String) throws {
        let bytes = try Buffer(copying: Array(Data(contentsOf: URL(filePath: path))))
        for validation in [ValidationDepth.layout, .full] {
            do {
                _ = try ArrowMutator.read(bytes, options: IPCReadOptions(validation: validation))
            } catch is EngineError {}
        }
    }
}
