import ManifestKit
import Synchronization

/// Asks Elastic Load Balancing, and the cluster for what belongs to its target groups.
final class AWSLoadBalancerSource: LoadBalancerSource {
    /// A load balancer that a host name was found to belong to.
    private struct Found {
        var loadBalancer: LoadBalancer
        /// Until when it is taken to be the same, by the steady clock.
        var end: ContinuousClock.Instant
    }

    /// Seconds that one request may take.
    private static let patience = 10.0
    /// Requests that the service has no time for are sent again.
    private static let exchange = AWSExchange(
        name: "Elastic Load Balancing", silence: "Elastic Load Balancing gave no answer", mostAttempts: 6,
        variesDelays: true)
    /// Parts of a list that are read.
    private static let mostPages = 100
    /// How long a host name is taken to belong to the same load balancer.
    private static let memory = Duration.seconds(600)
    /// Host names that are remembered.
    private static let mostNames = 4_096

    private let aws: AWSAccess
    private let transport: any ClusterTransport
    private let settings: LoadBalancerKnowledge.Settings
    /// By host names in lower case.
    private let found = Mutex<[String: Found]>([:])

    init(aws: AWSAccess, transport: any ClusterTransport, settings: LoadBalancerKnowledge.Settings) {
        self.aws = aws
        self.transport = transport
        self.settings = settings
    }

    func answer(_ question: LoadBalancerQuestion, in namespace: String) async -> LoadBalancerAnswer.Content {
        do {
            let region = try await aws.region()
            let place = Place(region: region, address: aws.environment.address(of: .loadBalancing, region: region))
            switch question {
            case .divisions(_, let hostNames, _):
                var result: [LoadBalancer] = []
                for name in hostNames {
                    guard var loadBalancer = try await self.loadBalancer(named: name, place) else {
                        return .missing(hostName: name)
                    }
                    do {
                        try await complete(&loadBalancer, place)
                    } catch {
                        found.withLock { $0[name.lowercased()] = nil }
                        throw error
                    }
                    result.append(loadBalancer)
                }
                return .loadBalancers(result)
            case .targets(let service, _):
                let name = ObjectName(namespace: namespace, name: service)
                return .registrations(try await registrations(of: name, place))
            }
        } catch let failure as KubernetesFailure {
            return .failure(failure.message)
        } catch {
            return .failure("\(error)")
        }
    }

    /// Where the service is.
    private struct Place {
        var region: String
        var address: String
    }

    // MARK: Load balancers

    private func loadBalancer(named hostName: String, _ place: Place) async throws -> LoadBalancer? {
        // Host names know no upper and lower case.
        let hostName = hostName.lowercased()
        if let known = found.withLock({ $0[hostName] }), known.end > .now { return known.loadBalancer }
        let all = try await pages(place.region) {
            LoadBalancingAPI.loadBalancers(marker: $0, address: place.address)
        } reading: { status, body throws(AWSFailure) in
            try LoadBalancingAPI.loadBalancers(status: status, body: body)
        }
        let end = ContinuousClock.now + Self.memory
        found.withLock { found in
            if found.count + all.count > Self.mostNames { found = [:] }
            for (name, loadBalancer) in all.prefix(Self.mostNames) {
                found[name.lowercased()] = Found(loadBalancer: loadBalancer, end: end)
            }
        }
        return all.first { $0.hostName.lowercased() == hostName }?.loadBalancer
    }

    /// Adds target groups with their tags, and what the rules say.
    private func complete(_ loadBalancer: inout LoadBalancer, _ place: Place) async throws {
        let arn = loadBalancer.arn
        var groups = try await pages(place.region) {
            LoadBalancingAPI.targetGroups(of: arn, marker: $0, address: place.address)
        } reading: { status, body throws(AWSFailure) in
            try LoadBalancingAPI.targetGroups(status: status, body: body)
        }
        for start in stride(from: 0, to: groups.count, by: LoadBalancingAPI.mostTagged) {
            let part = start..<min(groups.count, start + LoadBalancingAPI.mostTagged)
            let query = LoadBalancingAPI.tags(of: groups[part].map(\.arn), address: place.address)
            let values = try await asking(query, place.region) { [settings] status, body throws(AWSFailure) in
                try LoadBalancingAPI.tags(settings.tagKey, status: status, body: body)
            }
            for place in part { groups[place].resourceID = values[groups[place].arn] ?? "" }
        }
        loadBalancer.targetGroups = groups
        let listeners = try await pages(place.region) {
            LoadBalancingAPI.listeners(of: arn, marker: $0, address: place.address)
        } reading: { status, body throws(AWSFailure) in
            try LoadBalancingAPI.listeners(status: status, body: body)
        }
        for listener in listeners {
            loadBalancer.divisions += try await pages(place.region) {
                LoadBalancingAPI.rules(of: listener, marker: $0, address: place.address)
            } reading: { status, body throws(AWSFailure) in
                try LoadBalancingAPI.rules(status: status, body: body)
            }
        }
    }

    // MARK: Targets

    private func registrations(of name: ObjectName, _ place: Place) async throws -> [TargetGroupRegistration] {
        let parts = settings.bindingVersion.split(separator: "/")
        let type = ResourceType(
            group: parts.count == 2 ? String(parts[0]) : "", version: String(parts.last ?? ""),
            plural: "targetgroupbindings", kind: "TargetGroupBinding")
        var request = KubernetesRequest.list(type, namespace: name.namespace)
        request.limit = 500
        var objects: [JSONValue] = []
        repeat {
            let page = try await transport.send(request)
            objects += page["items"]?.array ?? []
            request.continuation = page["metadata"]?["continue"]?.string
        } while request.continuation?.isEmpty == false
        let service = try await transport.send(.get(.services, name))
        let bindings = TargetGroupBinding.bindings(of: service, among: objects)
        guard !bindings.isEmpty else { return [] }
        let endpoints = try await transport.send(.get(.endpoints, name))
        var result: [TargetGroupRegistration] = []
        for binding in bindings {
            guard let expected = binding.expected(service, endpoints: endpoints) else { continue }
            let query = LoadBalancingAPI.targets(of: binding.targetGroup, address: place.address)
            let targets = try await asking(query, place.region) { status, body throws(AWSFailure) in
                try LoadBalancingAPI.targets(status: status, body: body)
            }
            result.append(TargetGroupRegistration(
                targetGroup: binding.targetGroup, expected: expected, targets: targets))
        }
        return result
    }

    // MARK: Asking

    private func pages<Item: Sendable>(
        _ region: String, _ query: (_ marker: String?) -> HTTPQuery,
        reading: (Int, String) throws(AWSFailure) -> LoadBalancingAPI.Page<Item>
    ) async throws -> [Item] {
        var items: [Item] = []
        var marker: String?
        for _ in 0..<Self.mostPages {
            let page = try await asking(query(marker), region, reading)
            items += page.items
            marker = page.marker
            if marker == nil { return items }
        }
        throw AWSFailure("Elastic Load Balancing has more than \(Self.mostPages) pages of a list")
    }

    /// Asks, and where the service is busy asks again, each time after a longer while that is not the same for all.
    private func asking<Result: Sendable>(
        _ query: HTTPQuery, _ region: String, _ read: (Int, String) throws(AWSFailure) -> Result
    ) async throws(AWSFailure) -> Result {
        try await Self.exchange.answer(within: Self.patience, { [aws] in
            try await aws.answer(
                to: query, service: AWSService.loadBalancing.hostName, region: region, as: AWSAccess.Identity())
        }, reading: read)
    }
}

extension ResourceType {
    static let endpoints = ResourceType(group: "", version: "v1", plural: "endpoints", kind: "Endpoints")
}
