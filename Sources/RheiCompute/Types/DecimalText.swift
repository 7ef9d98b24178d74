import RheiArrow
import RheiCore

extension DecimalText {
    /// The unscaled number of a value, rounded half away from zero; nil for what is no finite number or has more than
    /// 38 digits.
    static func value(_ datum: Datum, scale: Int, _ arena: StringArena) -> Int128? {
        switch datum.storageClass {
        case .null, .blob: return nil
        case .integer:
            let (product, overflow) = Int128(datum.integer).multipliedReportingOverflow(
                by: DecimalFunctions.power(scale))
            return overflow ? nil : product
        case .real:
            // By way of the shortest text: 0.07 is 0.07 and not the double next to it.
            guard datum.real.isFinite else { return nil }
            return value(Array("\(datum.real)".utf8), scale: scale)
        case .text: return value(datum.slot.withRun { $0.array }, scale: scale)
        }
    }
}
