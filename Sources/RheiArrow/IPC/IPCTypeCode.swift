/// The members of the union `Type` in Arrow's `Schema.fbs`.
enum IPCTypeCode: UInt8 {
    case null = 1
    case int, floatingPoint, binary, utf8, bool, decimal, date, time, timestamp, interval, list, `struct`, union
    case fixedSizeBinary, fixedSizeList, map, duration, largeBinary, largeUtf8, largeList, runEndEncoded, binaryView
    case utf8View, listView, largeListView
}
