import RheiArrow

extension Datum {
    /// `CAST(self AS target)` by SQLite's rules.
    package func cast(to target: CastTarget, arena: StringArena) -> Datum {
        if isNull { return .null }
        switch target {
        case .integer: return .integer(integerValue)
        case .real: return .real(realValue)
        case .numeric: return numericValue
        case .text: return .text(textValue(arena))
        case .blob: return .blob(textValue(arena))
        }
    }

    /// Applies a column affinity as comparisons do.
    package func applying(affinity: CastTarget, arena: StringArena) -> Datum {
        switch affinity {
        case .integer, .real, .numeric: storageClass == .text ? numberOfWholeText(reducesReals: true) : self
        case .text: isNumber ? .text(textValue(arena)) : self
        case .blob: self
        }
    }

    /// The integer that SQLite reads from any value; null is 0.
    package var integerValue: Int64 {
        switch storageClass {
        case .null: 0
        case .integer: integer
        case .real: integerOfReal(real)
        case .text, .blob: slot.withRun { scanInteger($0).value }
        }
    }

    /// The real that SQLite reads from any value; null is 0.
    package var realValue: Double {
        switch storageClass {
        case .null: 0
        case .integer: Double(integer)
        case .real: real
        case .text, .blob: slot.withRun { scanReal($0).value }
        }
    }

    /// The bytes of a text or blob, or the text of a number.
    func textValue(_ arena: StringArena) -> StringValue {
        switch storageClass {
        case .null: .empty
        case .integer: arena.storeDecimal(integer)
        case .real: arena.storeText(real)
        case .text, .blob: slot
        }
    }

    /// SQLite's truth of a value; null counts as false.
    package var isTrue: Bool { storageClass == .integer ? integer != 0 : realValue != 0 }

    /// The number that an arithmetic operator sees.
    package var arithmeticValue: Datum {
        guard isBytes else { return self }
        return slot.withRun { bytes in
            let scanned = scanReal(bytes)
            switch scanned.form {
            case .real, .realPrefix: return .real(scanned.value)
            case .integer, .notNumber:
                let whole = scanInteger(bytes)
                return whole.form == .outOfRange ? .real(scanned.value) : .integer(whole.value)
            }
        }
    }

    /// The result of CAST AS NUMERIC: as `arithmeticValue`, and reals of moderate size without fraction are integers.
    private var numericValue: Datum {
        guard isBytes else { return self }
        let number = arithmeticValue
        return number.storageClass == .real ? number.reducedToSmallInteger : number
    }

    private var reducedToSmallInteger: Datum {
        let whole = integerOfReal(real)
        if real == 0 { return .integer(0) }
        let isSmall = whole >= -2_251_799_813_685_248 && whole < 2_251_799_813_685_248
        return isSmall && Double(whole) == real ? .integer(whole) : self
    }

    /// Of a text that is wholly a number that number; else the text itself.
    ///
    /// - Parameter reducesReals: whether reals without a fraction become integers, as in a column of numeric affinity.
    func numberOfWholeText(reducesReals: Bool) -> Datum {
        slot.withRun { bytes in
            let scanned = scanReal(bytes)
            switch scanned.form {
            case .notNumber, .realPrefix: return self
            case .integer:
                let whole = scanInteger(bytes)
                if whole.form == .whole { return .integer(whole.value) }
            case .real: break
            }
            if !reducesReals { return .real(scanned.value) }
            let whole = integerOfReal(scanned.value)
            let fits = Double(whole) == scanned.value && whole > .min && whole < .max
            return fits ? .integer(whole) : .real(scanned.value)
        }
    }
}
