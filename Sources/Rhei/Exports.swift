// A result is made of RecordBatch and its arrays, an error is an EngineError: `import Rhei` is all a user needs.
@_exported public import RheiArrow
@_exported public import RheiCore
