import RheiArrow

/// Date and time functions.
enum DateFunctions {
    static let all: [ScalarFunction] = []
}
