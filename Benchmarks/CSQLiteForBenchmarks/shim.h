#ifndef RHEI_BENCHMARKS_SQLITE_SHIM_H
#define RHEI_BENCHMARKS_SQLITE_SHIM_H

#include <sqlite3.h>

/// SQLITE_TRANSIENT is a cast macro, which Swift does not import.
static inline sqlite3_destructor_type benchmark_sqlite_transient(void) { return SQLITE_TRANSIENT; }

#endif
