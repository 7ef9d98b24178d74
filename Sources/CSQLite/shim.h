#ifndef RHEI_CSQLITE_SHIM_H
#define RHEI_CSQLITE_SHIM_H

#define SQLITE_ENABLE_PREUPDATE_HOOK 1
#define SQLITE_ENABLE_COLUMN_METADATA 1
#include <sqlite3.h>

/// SQLITE_TRANSIENT is a cast macro, which Swift does not import.
static inline sqlite3_destructor_type rhei_sqlite_transient(void) { return SQLITE_TRANSIENT; }

#endif
