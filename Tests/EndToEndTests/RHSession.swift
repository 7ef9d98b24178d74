import Glibc
import RheiTestSupport

/// A running `rh shell` that is asked one thing after another through pipes, while others use the same file.
final class RHSession {
    private let process: ChildProcess
    private let input: Int32
    private let output: Int32
    private var received: [UInt8] = []
    private var askCount = 0
    private var isOpen = true

    /// Starts the shell. What it writes to standard error goes with its answers.
    init(_ database: String, _ options: String...) throws {
        // Writing to a shell that has ended is an error to report, no signal to die of.
        signal(SIGPIPE, SIG_IGN)
        let (theirInput, ourInput) = Self.pipe()
        let (ourOutput, theirOutput) = Self.pipe()
        input = ourInput
        output = ourOutput
        process = try ChildProcess(
            try RHCommand.path, ["shell", database] + options, input: theirInput, output: theirOutput,
            error: theirOutput)
        Glibc.close(theirInput)
        Glibc.close(theirOutput)
    }

    deinit {
        if isOpen {
            process.terminate()
            _ = close()
        }
        Glibc.close(output)
    }

    /// Sends a script and returns all that the shell printed for it.
    ///
    /// - Throws: `Ended` when the shell ends before it has answered.
    func ask(_ script: String) throws -> String {
        askCount += 1
        let mark = Array("--answered-\(askCount)--\n".utf8)
        try send(Array(script.utf8) + Array("\n.print ".utf8) + mark)
        while true {
            if received.suffix(mark.count) == mark[...] {
                let answer = String(decoding: received.dropLast(mark.count), as: UTF8.self)
                received = []
                return answer
            }
            var chunk = [UInt8](repeating: 0, count: 1 << 16)
            let count = unsafe read(output, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Ended(output: String(decoding: received, as: UTF8.self)) }
            received += chunk[..<count]
        }
    }

    /// The number by which the system knows the shell.
    var processID: Int32 { process.processID }

    /// Ends the session as an end of input does, and returns the exit status.
    func close() -> Int32 {
        isOpen = false
        Glibc.close(input)
        return process.wait()
    }

    /// Sends a script without waiting for an answer.
    func begin(_ script: String) throws { try send(Array(script.utf8)) }

    /// Kills the shell with whatever it is doing.
    func kill() {
        isOpen = false
        process.stop()
        Glibc.close(input)
        _ = process.wait()
    }

    private func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe write(input, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Ended(output: String(decoding: received, as: UTF8.self)) }
            rest = rest.dropFirst(count)
        }
    }

    /// Returns the reading and the writing end of a new pipe.
    private static func pipe() -> (Int32, Int32) {
        var ends: [Int32] = [-1, -1]
        // One call, so that a program started meanwhile by another test does not inherit the ends.
        let status = unsafe systemPipe2(&ends, O_CLOEXEC)
        precondition(status == 0, "the system refused a pipe")
        return (ends[0], ends[1])
    }

    /// The shell ended in the middle of an answer.
    struct Ended: Error {
        /// What it had written since the last answer.
        var output: String
    }
}

/// `pipe2(2)`, which the Glibc module shows only with GNU extensions on.
@_silgen_name("pipe2")
private func systemPipe2(_ ends: UnsafeMutablePointer<Int32>, _ flags: Int32) -> Int32
