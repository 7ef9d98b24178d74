// swift-tools-version: 6.2

import PackageDescription

/// Settings every Swift target shares: the strictest the compiler has, and no unsafe flags, so that the package can be
/// a dependency by URL and version.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "rhei",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Rhei", targets: ["Rhei"]),
        .library(name: "RheiArrow", targets: ["RheiArrow", "RheiCore"]),
        .executable(name: "rh", targets: ["rh"]),
        // For the tests alone: what pyarrow loads to exchange arrays with.
        .library(name: "rhei-arrow-peer", type: .dynamic, targets: ["ArrowPeer"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.5.0"),
    ],
    targets: [
        // C libraries: module maps and shims, no logic.
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .target(name: "CArrow"),

        // Foundations.
        .target(name: "RheiCore", swiftSettings: strict),
        .target(name: "RheiArrow", dependencies: ["CArrow", "CZstd", "RheiCore"], swiftSettings: strict),

        // The read side: text to tree, tree to plan, plan to batches.
        .target(name: "RheiSQL", dependencies: ["RheiCore"], swiftSettings: strict),
        .target(name: "RheiPlan", dependencies: ["RheiCore", "RheiArrow", "RheiSQL"], swiftSettings: strict),
        .target(name: "RheiCompute", dependencies: ["RheiCore", "RheiArrow"], swiftSettings: strict),
        .target(
            name: "RheiExec",
            dependencies: ["RheiCore", "RheiArrow", "RheiCompute", "RheiPlan"],
            swiftSettings: strict),

        .target(name: "RheiFiles", dependencies: ["RheiCore", "RheiArrow", "RheiPlan"], swiftSettings: strict),

        // The write side: SQLite, its change log, the columnar store.
        .target(name: "RheiStore", dependencies: ["RheiCore", "RheiArrow"], swiftSettings: strict),
        .target(name: "RheiSQLite", dependencies: ["CSQLite", "RheiCore", "RheiArrow"], swiftSettings: strict),
        .target(
            name: "RheiCDC",
            dependencies: ["RheiCore", "RheiArrow", "RheiSQLite", "RheiStore"],
            swiftSettings: strict),

        // The public library and the command line.
        .target(
            name: "Rhei",
            dependencies: [
                "RheiCore", "RheiArrow", "RheiCompute", "RheiSQL", "RheiPlan", "RheiExec", "RheiStore", "RheiSQLite",
                "RheiCDC", "RheiFiles",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "rh",
            dependencies: [
                "Rhei", .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict),

        // Tests.
        .target(
            name: "RheiTestSupport", dependencies: ["RheiCore", "RheiArrow"], path: "Tests/RheiTestSupport",
            swiftSettings: strict),
        .target(
            name: "ArrowPeer", dependencies: ["CArrow", "RheiCore", "RheiArrow"], path: "Tests/ArrowPeer",
            swiftSettings: strict),
        // A release program that reads damaged Arrow files without end; it replaces malloc to count what is allocated.
        .target(name: "CAllocationCount", path: "Tests/CAllocationCount"),
        .executableTarget(
            name: "arrow-fuzz", dependencies: ["CAllocationCount", "RheiCore", "RheiArrow", "RheiTestSupport"],
            path: "Tests/ArrowFuzz", swiftSettings: strict),
        // What kernels cost; in this package, for they are no part of a product.
        .executableTarget(
            name: "kernel-bench",
            dependencies: ["CAllocationCount", "RheiCore", "RheiArrow", "RheiCompute", "RheiTestSupport"],
            path: "Benchmarks/Kernels", swiftSettings: strict),
        // Random queries over random tables, compared with SQLite: a short run belongs to the tests, a long one is a
        // program.
        .target(
            name: "QueryFuzz", dependencies: ["CSQLite", "RheiCore", "Rhei", "RheiTestSupport"],
            path: "Tests/QueryFuzz",
            swiftSettings: strict),
        .executableTarget(
            name: "query-fuzz", dependencies: ["QueryFuzz"], path: "Tests/QueryFuzzTool", swiftSettings: strict),
        .testTarget(
            name: "RheiPlanTests", dependencies: ["RheiCore", "RheiArrow", "RheiSQL", "RheiPlan"],
            exclude: ["Snapshots"], swiftSettings: strict),
        .testTarget(name: "RheiCoreTests", dependencies: ["RheiCore", "RheiTestSupport"], swiftSettings: strict),
        .testTarget(
            name: "RheiArrowTests", dependencies: ["CArrow", "RheiCore", "RheiArrow", "RheiTestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "RheiStoreTests", dependencies: ["RheiCore", "RheiArrow", "RheiStore", "RheiTestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "RheiSQLiteTests", dependencies: ["RheiCore", "RheiArrow", "RheiSQLite", "RheiTestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "RheiCDCTests",
            dependencies: ["RheiCore", "RheiArrow", "RheiSQLite", "RheiStore", "RheiCDC", "RheiTestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "RheiTests",
            dependencies: [
                "QueryFuzz", "Rhei", "RheiCDC", "RheiSQL", "RheiSQLite", "RheiStore", "RheiTestSupport",
                .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
            ],
            exclude: ["OneAnswer/Snapshots"], swiftSettings: strict),
        .testTarget(name: "EndToEndTests", dependencies: ["RheiTestSupport", "rh"], swiftSettings: strict),
        .testTarget(
            name: "RheiSQLTests", dependencies: ["CSQLite", "RheiCore", "RheiSQL", "RheiTestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "RheiComputeTests",
            dependencies: ["CSQLite", "RheiCore", "RheiArrow", "RheiCompute", "RheiTestSupport"],
            swiftSettings: strict),
        .testTarget(
            name: "RheiExecTests",
            dependencies: ["RheiCore", "RheiArrow", "RheiCompute", "RheiPlan", "RheiExec", "RheiTestSupport"],
            swiftSettings: strict),
    ]
)

// RHEI_PACKAGE=arrow leaves the columns alone: a small package for sanitizers, which not all targets can be built with.
if Context.environment["RHEI_PACKAGE"] == "arrow" {
    let kept = ["CArrow", "CZstd", "RheiCore", "RheiArrow", "RheiTestSupport", "ArrowPeer", "RheiArrowTests"]
    package.targets.removeAll { !kept.contains($0.name) }
    package.products.removeAll { $0.name != "rhei-arrow-peer" }
    package.dependencies = []
}
