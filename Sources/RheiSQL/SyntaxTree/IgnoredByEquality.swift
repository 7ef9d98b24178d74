/// Stores a value that takes no part in its owner's equality.
///
/// Source ranges are stored this way, so that the synthesised `==` of the syntax tree compares meaning and not
/// position.
@propertyWrapper package struct IgnoredByEquality<Value: Sendable>: Sendable, Equatable {
    package var wrappedValue: Value

    package init(wrappedValue: Value) {
        self.wrappedValue = wrappedValue
    }

    package static func == (left: Self, right: Self) -> Bool { true }
}
