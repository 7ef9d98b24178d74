extension Corpus {
    /// Arithmetic, bit operators, literals and truth.
    static let arithmetic = #"""
        SELECT id, i + 1, i - 1 FROM t WHERE id NOT IN (3, 4)
        SELECT id, i / 2, i % 2, -i FROM t WHERE id <> 4
        SELECT id, 7 / i, 7 % i, i / 0, i % 0 FROM t
        SELECT -7 / 2, -7 % 2, 7 / -2, 7 % -2, 7.5 % 2, -7.5 % 2, 7 % 0.5, 7 / 0.0, 0.0 / 0
        SELECT -9223372036854775807 - 1, (-9223372036854775807 - 1) % -1
        SELECT abs(i) FROM t WHERE id <> 4
        SELECT id, r + 1, r * 2, r / 3, -r, r - r FROM t
        SELECT id, r * 0, r / 0, r % 3 FROM t
        SELECT id, i * 1.0, i + r, i / r FROM t
        SELECT id, s + 0, s * 2, -s, +s FROM t
        SELECT id, s || i, i || r, b || 'x', NULL || s FROM t
        SELECT id, x + 1, x * 2, x / 2, x % 2, -x FROM t
        SELECT id, b + 1, -b, b * 1.5 FROM t
        SELECT id, n + 1, n / 4, n % 5 FROM t
        SELECT id, i & 6, i | 6, ~i, i << 2, i >> 1, i << -1, i >> 70, i << 64 FROM t
        SELECT id, r & 7, s | 1, ~x, b << 1 FROM t
        SELECT 1 << 63, -1 >> 63, 1 << 62 << 1, ~0, -(-5), - -5, +'a', -'a', 5 % 3.9
        SELECT 0x7fffffffffffffff, 0xffffffffffffffff, 1e3, .5, 5., 1e-400, 9e999, -9e999
        SELECT 9223372036854775808, -9223372036854775808, 9223372036854775807, 1.0, 100000000000000000000
        SELECT typeof(1 + 1), typeof(1 + 1.0), typeof('1' + 1), typeof('1.0' + 1), typeof(1 || 1), typeof(NULL +
            1)
        SELECT 1 + '0x10', '1e1' + 0, '1e' + 0, ' 12 ' + 0, '.5' + 0, '5.' + 0, '+5' + 0, '--5' + 0, 'inf' + 0
        SELECT '9223372036854775807' + 0, '9223372036854775808' + 0, '9007199254740993' * 1,
            '9007199254740993.0' + 0
        SELECT typeof(i / 2.0), typeof(r * 1), typeof(s * 1), typeof(x + 0), typeof(n * 2) FROM t
        SELECT 1.0 * 3, 2.5e10, 1e15, 1e16, 123456789012345678, 0.1 + 0.2, 1 / 3.0, 1e15 + 0.5
        SELECT CASE WHEN 0.5 THEN 'y' ELSE 'n' END, CASE WHEN '0.5' THEN 'y' ELSE 'n' END, CASE WHEN 'x' THEN 1
            END
        SELECT NOT 5, NOT 0, NOT NULL, NOT 'a', NOT '1', NOT 0.0, NOT 0.1, NOT x'31'
        SELECT 1 AND NULL, 0 AND NULL, 1 OR NULL, 0 OR NULL, NULL AND NULL, NULL OR NULL, 'a' AND 1, '2' OR 0
        SELECT id FROM t WHERE i
        SELECT id FROM t WHERE s
        SELECT id FROM t WHERE x
        SELECT id FROM t WHERE r AND NOT n
        SELECT id FROM t WHERE NOT b
        SELECT atan2(0, s * 1.0), atan2(0, ('-' || s) * 1.0), atan2(0, ('-' || s) * r), atan2(0, ('-' || s) + -0.0) FROM t
        """#
}
