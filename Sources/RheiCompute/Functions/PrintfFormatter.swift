import RheiArrow
import RheiCore

/// SQLite's printf for SQL: conversions d i u c s z q Q w f e E g G x X o p r n %, flags - + space # ! 0 comma, width
/// and precision as numbers or `*`.
struct PrintfFormatter {
    /// The flags, width and precision of one conversion.
    struct Specification {
        var isLeftAligned = false
        var positivePrefix: UInt8 = 0
        var isAlternate = false
        var isAlternate2 = false
        var padsWithZeros = false
        var separatesThousands = false
        var width = 0
        /// nil when none is given.
        var precision: Int?
    }

    private let format: ByteRun
    private let arguments: FunctionArguments
    let context: FunctionContext
    private var nextArgument = 1
    private var index = 0
    var output: [UInt8]
    /// Whether a literal part or a conversion has been appended.
    private var hasParts = false

    static func evaluate(_ arguments: FunctionArguments, _ context: FunctionContext) throws -> Datum {
        if arguments.count == 0 || arguments[0].isNull { return .null }
        return try arguments[0].textValue(context.arena).withRun { format in
            var hasParts = false
            let text = try context.makeText { output in
                var formatter = PrintfFormatter(
                    format: format.upToNul, arguments: arguments, context: context, output: output)
                try formatter.run()
                output = formatter.output
                hasParts = formatter.hasParts
            }
            // Without any part, even an empty one, SQLite has no memory for the result and takes that for a null.
            return hasParts ? text : .null
        }
    }

    private init(format: ByteRun, arguments: FunctionArguments, context: FunctionContext, output: [UInt8]) {
        self.format = format
        self.arguments = arguments
        self.context = context
        self.output = output
    }

    private mutating func run() throws {
        while index < format.count {
            if format[index] != 0x25 {
                hasParts = true
                output.append(format[index])
                index += 1
                continue
            }
            index += 1
            if index == format.count {
                hasParts = true
                return output.append(0x25)
            }
            var specification = Specification()
            let conversion = readSpecification(&specification)
            guard try append(conversion, specification) else { return }
            hasParts = true
            try NumberFunctions.checkLength(Int64(output.count))
        }
    }

    /// The byte at `place`, 0 past the end.
    private func byte(_ place: Int) -> UInt8 { place < format.count ? format[place] : 0 }

    /// Reads up to the conversion character, which is returned; `index` is past it.
    private mutating func readSpecification(_ specification: inout Specification) -> UInt8 {
        while index < format.count {
            let character = format[index]
            index += 1
            switch character {
            case 0x2D: specification.isLeftAligned = true
            case 0x2B: specification.positivePrefix = 0x2B
            case 0x20: specification.positivePrefix = 0x20
            case 0x23: specification.isAlternate = true
            case 0x21: specification.isAlternate2 = true
            case 0x30: specification.padsWithZeros = true
            case 0x2C: specification.separatesThousands = true
            case 0x6C: return readConversionAfterLong()
            case 0x31...0x39:
                index -= 1
                specification.width = readNumber()
                if byte(index) != 0x2E, byte(index) != 0x6C { return readConversion() }
            case 0x2A:
                readStarWidth(&specification)
                if byte(index) != 0x2E, byte(index) != 0x6C { return readConversion() }
            case 0x2E:
                readPrecision(&specification)
                if byte(index) != 0x6C { return readConversion() }
            default: return character
            }
        }
        return 0
    }

    private mutating func readConversion() -> UInt8 {
        let character = byte(index)
        index += 1
        return character
    }

    private mutating func readConversionAfterLong() -> UInt8 {
        if byte(index) == 0x6C { index += 1 }
        return readConversion()
    }

    private mutating func readNumber() -> Int {
        var value: UInt32 = 0
        while isDigit(byte(index)) {
            value = value &* 10 &+ UInt32(format[index] &- 0x30)
            index += 1
        }
        return Int(value & 0x7FFF_FFFF)
    }

    private mutating func readStarWidth(_ specification: inout Specification) {
        let width = Int(Int32(truncatingIfNeeded: takeInteger()))
        specification.width = abs(width) > Int(Int32.max) ? 0 : abs(width)
        if width < 0 { specification.isLeftAligned = true }
    }

    private mutating func readPrecision(_ specification: inout Specification) {
        guard byte(index) == 0x2A else {
            specification.precision = readNumber()
            return
        }
        index += 1
        let precision = Int(Int32(truncatingIfNeeded: takeInteger()))
        specification.precision = abs(precision) > Int(Int32.max) ? nil : abs(precision)
    }

    mutating func take() -> Datum {
        guard nextArgument < arguments.count else { return .null }
        nextArgument += 1
        return arguments[nextArgument - 1]
    }

    mutating func takeInteger() -> Int64 { take().integerValue }
}
