/// How packed words lie in their bytes; the raw values are those of the file format.
enum WordLayout: UInt8 {
    /// Bit after bit: small without compression, and quick to read.
    case bits = 0
    /// The lowest bytes of all numbers, then the next ones: what ZSTD finds patterns in.
    case planes = 1
    /// Planes of numbers around the base that alternate in sign: 0, -1, 1, -2, …
    case signedPlanes = 2
}
