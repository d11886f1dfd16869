import Testing

@testable import RolloutRuntime

/// The addresses of pods that answer.
@Suite struct PodAddressesTests {
    #if os(Linux)
    /// Two of three clusters drew the same now and then, and requests for the pods of one were answered by those of the
    /// other.
    @Test func clustersDoNotShareThem() {
        let clusters = (0..<100).map { _ in PodAddresses() }
        #expect(Set(clusters.map(\.prefix)).count == clusters.count)
    }

    @Test func theyAreFreeAgainWithoutTheCluster() {
        for _ in 0..<500 { #expect(PodAddresses().isClaimed) }
    }
    #endif
}
