import Foundation

/// Lines that tell how far a suite has come.
public enum Console {
    /// Writes a line at once, also to a file or pipe.
    public static func show(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
}
