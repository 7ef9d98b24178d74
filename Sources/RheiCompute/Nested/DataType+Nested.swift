import RheiArrow

extension DataType {
    /// Whether values are held as the bytes of ``NestedWriter`` or ``IntervalKey``.
    var hasNestedForm: Bool {
        switch self {
        case .interval(.monthDayNano): true
        default: NestedType(self)?.isNested ?? false
        }
    }
}
