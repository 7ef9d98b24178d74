import RheiExec
import RheiStore

extension ColumnCache: YieldingMemory {}
