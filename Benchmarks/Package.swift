// swift-tools-version: 6.2

import PackageDescription

let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .strictMemorySafety(),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "rhei-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "rhei", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        // SQLite under a module name of its own: the library's is no product, and module names are global in a graph.
        .systemLibrary(name: "CSQLiteForBenchmarks", path: "CSQLiteForBenchmarks", pkgConfig: "sqlite3"),
        .target(name: "Harness", dependencies: ["CSQLiteForBenchmarks"], path: "Harness", swiftSettings: strict),
        .target(
            name: "MainJob",
            dependencies: ["Harness", .product(name: "Rhei", package: "rhei")],
            path: "MainJob",
            swiftSettings: strict),
        .target(
            name: "Htap",
            dependencies: ["Harness", .product(name: "Rhei", package: "rhei")],
            path: "Htap",
            swiftSettings: strict),
        .target(
            name: "ArrowExchange", dependencies: ["Harness"], path: "ArrowExchange", exclude: ["peer.py"],
            swiftSettings: strict),
        // A process of its own for each measurement of that suite.
        .executableTarget(
            name: "arrow-job", dependencies: [.product(name: "RheiArrow", package: "rhei")], path: "ArrowJob",
            swiftSettings: strict),
        .target(name: "Analytics", dependencies: ["Harness"], path: "Analytics", swiftSettings: strict),
        // Ours among the contenders of the analytic suites.
        .executableTarget(
            name: "analytics-job", dependencies: ["Harness", .product(name: "Rhei", package: "rhei")],
            path: "AnalyticsJob", swiftSettings: strict),
        .executableTarget(
            name: "benchmark",
            dependencies: [
                "Analytics", "ArrowExchange", "Harness", "Htap", "MainJob", "analytics-job", "arrow-job",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Runner", swiftSettings: strict),
    ]
)
