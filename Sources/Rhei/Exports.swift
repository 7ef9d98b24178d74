// A result is made of RecordBatch and its arrays, an error is an EngineError: `import Rhei` is all a user needs.
@_exported public import RheiArrow
@_exported public import RheiCore

import RheiSQL

/// In this module a statement is a syntax tree; SQLite's prepared statements appear in closures only.
typealias Statement = RheiSQL.Statement
