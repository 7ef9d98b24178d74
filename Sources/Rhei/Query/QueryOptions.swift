/// Which engine answers a query.
public enum QueryHint: Sendable, Hashable {
    /// The router decides; what the columnar engine refuses goes to SQLite.
    case auto
    /// SQLite.
    case forceOltp
    /// The columnar engine, or an error that says why it cannot.
    case forceOlap
}

/// An engine that can answer a query.
public enum QueryTarget: String, Sendable, Hashable {
    case oltp, olap
}

/// How old the data of a columnar read may be.
public enum Freshness: Sendable, Hashable {
    /// Covers every commit made before the read began, by this process or another.
    case fresh
    /// At most this far behind; synchronises first when it would be further.
    case bounded(Duration)
    /// Whatever is there.
    case asIs
}
