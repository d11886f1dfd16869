import Foundation
import Testing

@testable import ManifestKit

/// What is listed beside a protocol is what its folder has: nothing is written and then forgotten.
@Suite struct FolderListTests {
    /// The names of the files in a folder that end as the names of the listed types do.
    private static func files(in folder: String, endingWith ending: String) -> [String] {
        TidyTests.pure.filter { $0.path.contains("/ManifestKit/\(folder)/") }
            .map { URL(filePath: $0.path).deletingPathExtension().lastPathComponent }
            .filter { $0.hasSuffix(ending) && $0 != "Traffic\(ending)" }
            .sorted()
    }

    @Test func everyTrafficRouterIsListed() {
        let names = TrafficRouters.all.map { String(describing: $0) }
        #expect(names == Self.files(in: "Traffic", endingWith: "Router"))
        let keys = TrafficRouters.all.map { $0.key }
        #expect(Set(keys).count == keys.count)
        for router in TrafficRouters.all where router.plugin == nil {
            #expect(router.capabilities.field == router.key, "\(router)")
        }
    }

    @Test func everyMetricProviderIsListed() {
        let names = MetricProviders.all.map { String(describing: $0) }
        #expect(names == Self.files(in: "Metrics/Providers", endingWith: "Provider"))
        let keys = MetricProviders.all.map { $0.key }
        #expect(Set(keys).count == keys.count)
    }

    @Test func everyNotificationServiceIsListed() {
        let names = NotificationServices.all.map { String(describing: $0) }
        #expect(names.sorted() == Self.files(in: "Notifications/Services", endingWith: "Service"))
        let types = NotificationServices.all.map { $0.type }
        #expect(types == types.sorted() && Set(types).count == types.count)
        #expect(NotificationServices.absent.isDisjoint(with: types))
    }
}
