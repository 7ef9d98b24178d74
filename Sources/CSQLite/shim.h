#ifndef RHEI_CSQLITE_SHIM_H
#define RHEI_CSQLITE_SHIM_H

#define SQLITE_ENABLE_PREUPDATE_HOOK 1
#define SQLITE_ENABLE_COLUMN_METADATA 1
#include <sqlite3.h>

/// SQLITE_TRANSIENT is a cast macro, which Swift does not import.
static inline sqlite3_destructor_type rhei_sqlite_transient(void) { return SQLITE_TRANSIENT; }

/// sqlite3_db_config is variadic, which Swift does not import. Returns 1, 0, or -1 when the option is unknown.
static inline int rhei_sqlite_config_value(sqlite3 *db, int option) {
    int value = -1;
    return sqlite3_db_config(db, option, -1, &value) == SQLITE_OK ? value : -1;
}

/// sqlite3_db_config is variadic, which Swift does not import. Turns an option on (1) or off (0).
static inline int rhei_sqlite_configure(sqlite3 *db, int option, int value) {
    int result = 0;
    return sqlite3_db_config(db, option, value, &result);
}

/// sqlite3_test_control is variadic, which Swift does not import. Turns SQLite's own optimizations off, or on again.
static inline void rhei_sqlite_set_optimizations(sqlite3 *db, int are_on) {
    sqlite3_test_control(SQLITE_TESTCTRL_OPTIMIZATIONS, db, are_on ? 0 : ~0);
}

/// sqlite3_snprintf is variadic, which Swift does not import. Writes `value` as the format "%!.<digits>g" does.
static inline void rhei_sqlite_format_real(char *buffer, int size, int digits, double value) {
    sqlite3_snprintf(size, buffer, "%!.*g", digits, value);
}

#endif
