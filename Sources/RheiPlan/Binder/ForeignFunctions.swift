/// What to write instead of functions that other databases have.
enum ForeignFunctions {
    /// By lower-case name.
    private static let replacements = [
        "array_length": "len()", "charindex": "instr()", "curdate": "CURRENT_DATE", "curtime": "CURRENT_TIME",
        "date_format": "strftime()", "dateadd": "date_add(), or date + interval '1' day", "datediff": "date_diff()",
        "datename": "dayname() or monthname()", "datepart": "date_part()", "decode": "CASE",
        "getdate": "datetime('now')", "if": "iif()", "lcase": "lower()", "listagg": "string_agg()", "locate": "instr()",
        "now": "datetime('now')", "nvl": "ifnull()", "nvl2": "iif()", "percentile": "quantile_cont()",
        "rand": "random()", "regexp_like": "regexp_matches()", "regexp_substr": "regexp_extract()",
        "space": "repeat(' ', n)",
        "stdev": "stddev_samp()", "str_to_date": "strptime()", "sysdate": "datetime('now')", "to_char": "strftime()",
        "to_date": "strptime(), or CAST(… AS DATE)", "to_number": "CAST(… AS NUMERIC)",
        "truncate": "trunc() or round()",
        "try_cast": "CAST, which gives what it can", "ucase": "upper()", "uuid": "hex(randomblob(16))",
    ]

    static func hint(for name: String) -> String? { replacements[name].map { "write \($0)" } }
}
