/// Something that gives one element per row: a column or a constant. Kernels are generic over it, so that one loop
/// body serves all shapes and is specialised for each.
protocol Operand<Element> {
    associatedtype Element
    subscript(row: Int) -> Element { get }
}

/// The values of a column, one per row. The kernel that makes it vouches that every row index it uses lies below the
/// vector's row count.
@safe struct Values<Element: BitwiseCopyable>: Operand {
    let base: UnsafeMutablePointer<Element>

    @inline(__always) init(_ base: UnsafeMutablePointer<Element>) { unsafe self.base = base }

    @inline(__always) subscript(row: Int) -> Element {
        get { unsafe base[row] }
        nonmutating set { unsafe base[row] = newValue }
    }
}

/// One value that stands for every row.
struct ConstantOperand<Element: BitwiseCopyable>: Operand {
    let value: Element
    @inline(__always) init(_ value: Element) { self.value = value }
    @inline(__always) subscript(row: Int) -> Element { value }
}

extension ColumnVector {
    /// The values as elements of `Element`, which must be the type's own.
    @inline(__always) func elements<Element: BitwiseCopyable>(_: Element.Type) -> Values<Element> {
        unsafe Values(pointer(Element.self))
    }

    /// The first value: of a constant, that of every row.
    @inline(__always) func first<Element: BitwiseCopyable>(_: Element.Type) -> Element {
        unsafe pointer(Element.self)[0]
    }

    /// The storage class tags of an `any` vector.
    @inline(__always) var tagValues: Values<UInt8> {
        unsafe Values(tags.unsafelyUnwrapped)
    }

    /// Whether this is a constant whose value is null.
    @inline(__always) var isNullConstant: Bool { isConstant && !isValid(0) }
}

/// Turns a condition into 0 or 1 without a jump.
@inline(__always) func asInt(_ condition: Bool) -> Int {
    unsafe Int(truncatingIfNeeded: unsafeBitCast(condition, to: UInt8.self))
}

/// Turns a condition into a byte of 0 or 1 without a jump.
@inline(__always) func asByte(_ condition: Bool) -> UInt8 {
    unsafe unsafeBitCast(condition, to: UInt8.self)
}
