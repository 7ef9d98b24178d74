/// SQLite's storage classes; the raw values are the tags of an `any` array.
@frozen public enum StorageClass: UInt8, Hashable, Sendable {
    case null = 0
    case integer = 1
    case real = 2
    case text = 3
    case blob = 4
}
