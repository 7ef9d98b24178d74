/// The scales of decimals that are taken from outside.
///
/// A value's text has as many digits as its scale says, so a scale of two thousand million, which the formats allow,
/// would let one row fill the memory.
enum DecimalScale {
    static let allowed = -256...256
}
