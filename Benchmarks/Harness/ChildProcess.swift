public import Foundation

/// Runs programs and waits for them.
public enum ChildProcess {
    /// A program that did not end well.
    public struct Failure: Error, CustomStringConvertible {
        public var program: String
        public var status: Int32

        public init(program: String, status: Int32) {
            self.program = program
            self.status = status
        }

        public var description: String { "\(program) ended with status \(status)" }
    }

    /// Runs a program to its end and returns what it wrote to its standard output.
    @discardableResult
    public static func output(of program: URL, _ arguments: [String]) throws -> Data {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = program
        process.arguments = arguments
        process.standardOutput = pipe
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(program: program.path, status: process.terminationStatus)
        }
        return data
    }
}
