/// The argument values of one call, lent for the time of the call.
@safe struct FunctionArguments {
    private let base: UnsafeMutablePointer<Datum>
    let count: Int

    @inline(__always) init(_ base: UnsafeMutablePointer<Datum>, count: Int) {
        unsafe self.base = base
        self.count = count
    }

    @inline(__always) subscript(index: Int) -> Datum { unsafe base[index] }

    /// Whether any argument is null.
    var hasNull: Bool {
        for index in 0..<count where self[index].isNull { return true }
        return false
    }
}
