// swift-tools-version: 6.2

import PackageDescription

let package = Package(
    name: "Bookshop",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "rhei", path: "../../..")
    ],
    targets: [
        .executableTarget(name: "Bookshop", dependencies: [.product(name: "Rhei", package: "rhei")])
    ]
)
