// swift-tools-version: 6.2
import PackageDescription

/// In CI every warning is an error; at a desk a warning may wait until the thought is finished.
let settings: [SwiftSetting] =
    [.swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny")]
    + (Context.environment["CI"] != nil ? [.treatAllWarnings(as: .error)] : [])

let package = Package(
    name: "rollout-render",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "rollout-render", targets: ["rollout-render"]),
        .library(name: "ManifestKit", targets: ["ManifestKit"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    ],
    targets: [
        .systemLibrary(
            name: "CLibYAML", pkgConfig: "yaml-0.1",
            providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
        .target(name: "ManifestKit", dependencies: ["CLibYAML"], swiftSettings: settings),
        .target(
            name: "RolloutRuntime",
            dependencies: [
                "ManifestKit",
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "HummingbirdTLS", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
                .product(name: "X509", package: "swift-certificates"),
            ],
            path: "Sources/Runtime", swiftSettings: settings),
        .executableTarget(
            name: "rollout-render",
            dependencies: [
                "ManifestKit", "RolloutRuntime",
                .product(name: "SystemPackage", package: "swift-system"),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: settings),
        .testTarget(name: "ManifestKitTests", dependencies: ["ManifestKit"], swiftSettings: settings),
        .testTarget(name: "RuntimeTests", dependencies: ["RolloutRuntime"], swiftSettings: settings),
        .testTarget(name: "CommandTests", dependencies: ["rollout-render"], swiftSettings: settings),
    ]
)
