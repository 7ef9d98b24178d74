import Glibc

/// A program that was started and may still be running.
///
/// Made by `posix_spawn` instead of Foundation's `Process`: on Linux that learns of a program's end only when every
/// other child that was started in the meantime, and inherited its socket, has ended too.
package struct ChildProcess: Sendable {
    private let id: pid_t

    /// Starts `executable`, a path or a name to look up in `PATH`, with three open files as its standard streams.
    ///
    /// The three stay open here. What else is handed on is what was opened without `O_CLOEXEC`.
    package init(
        _ executable: String, _ arguments: [String], input: Int32, output: Int32, error: Int32
    ) throws {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (position, descriptor) in [input, output, error].enumerated() {
            unsafe posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(position))
        }

        var words: [UnsafeMutablePointer<CChar>?] = unsafe ([executable] + arguments).map { unsafe strdup($0) }
        unsafe words.append(nil)
        defer { unsafe words.forEach { unsafe free($0) } }
        var started: pid_t = 0
        let code = unsafe posix_spawnp(&started, executable, &actions, nil, &words, environ)
        guard code == 0 else { throw StartFailure(executable: executable, errorNumber: code) }
        id = started
    }

    /// Waits for the end and returns the exit status, or the negated number of the signal that ended the program.
    package func wait() -> Int32 {
        var status: Int32 = 0
        while unsafe waitpid(id, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : -signal
    }

    /// The number by which the system knows the program.
    package var processID: Int32 { id }

    /// Asks the program to end.
    package func terminate() { kill(id, SIGTERM) }

    /// Ends the program at once, wherever it is.
    package func stop() { kill(id, SIGKILL) }

    /// The program could not be started.
    package struct StartFailure: Error {
        package var executable: String
        package var errorNumber: Int32
    }
}
