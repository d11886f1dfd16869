/// Elastic Load Balancing, API version 2015-12-01: requests, and what the answers say.
public enum LoadBalancingAPI {
    private static let version = "2015-12-01"
    /// The service's name in messages.
    private static let name = "Elastic Load Balancing"
    /// Load balancers in a page; the greatest that there is.
    private static let pageSize = "400"
    /// How many things tags can be asked for at once.
    public static let mostTagged = 20

    /// A part of a list, and where it goes on.
    public struct Page<Item: Sendable>: Sendable {
        /// The items.
        public var items: [Item]
        /// What the next part is asked for with; nil for the last.
        public var marker: String?
    }

    private static func request(
        _ action: String, _ parameters: [(String, String)], marker: String?, address: String
    ) -> HTTPQuery {
        let more = marker.map { [("Marker", $0)] } ?? []
        return AWSQuery.request([("Action", action), ("Version", version)] + parameters + more, address: address)
    }

    private static func result(
        _ action: String, status: Int, body: String
    ) throws(AWSFailure) -> XMLElement {
        do throws(AWSFailure) {
            let document = try AWSQuery.document(status: status, body: body, of: name)
            guard let result = document[action + "Result"] else {
                throw AWSFailure("the answer of \(name) to \(action) has no result")
            }
            return result
        } catch {
            var failure = error
            failure.description = "\(action): \(error.description)"
            throw failure
        }
    }

    private static func page<Item>(_ result: XMLElement, _ items: [Item]) -> Page<Item> {
        Page(items: items, marker: result.text("NextMarker"))
    }

    // MARK: Load balancers and groups

    /// Asks for all load balancers.
    public static func loadBalancers(marker: String?, address: String) -> HTTPQuery {
        request("DescribeLoadBalancers", [("PageSize", pageSize)], marker: marker, address: address)
    }

    /// Load balancers with their host names.
    public static func loadBalancers(
        status: Int, body: String
    ) throws(AWSFailure) -> Page<(hostName: String, loadBalancer: LoadBalancer)> {
        let result = try result("DescribeLoadBalancers", status: status, body: body)
        return page(result, result.members("LoadBalancers").compactMap { member in
            guard let host = member.text("DNSName"), let arn = member.text("LoadBalancerArn") else { return nil }
            return (host, LoadBalancer(arn: arn, name: member.text("LoadBalancerName") ?? ""))
        })
    }

    /// Asks for the target groups of a load balancer.
    public static func targetGroups(of arn: String, marker: String?, address: String) -> HTTPQuery {
        request("DescribeTargetGroups", [("LoadBalancerArn", arn)], marker: marker, address: address)
    }

    /// Target groups, without their tags.
    public static func targetGroups(
        status: Int, body: String
    ) throws(AWSFailure) -> Page<LoadBalancer.TargetGroup> {
        let result = try result("DescribeTargetGroups", status: status, body: body)
        return page(result, result.members("TargetGroups").compactMap { member in
            member.text("TargetGroupArn").map {
                LoadBalancer.TargetGroup(arn: $0, name: member.text("TargetGroupName") ?? "")
            }
        })
    }

    /// Asks for the tags of target groups, of at most `mostTagged`.
    public static func tags(of arns: [String], address: String) -> HTTPQuery {
        let parameters = arns.enumerated().map { ("ResourceArns.member.\($0 + 1)", $1) }
        return request("DescribeTags", parameters, marker: nil, address: address)
    }

    /// The values of a tag by the ARN of what has it.
    public static func tags(_ key: String, status: Int, body: String) throws(AWSFailure) -> [String: String] {
        let result = try result("DescribeTags", status: status, body: body)
        var values: [String: String] = [:]
        for description in result.members("TagDescriptions") {
            guard let arn = description.text("ResourceArn") else { continue }
            values[arn] = description.members("Tags").first { $0.text("Key") == key }?.text("Value")
        }
        return values
    }

    // MARK: Rules

    /// Asks for the listeners of a load balancer.
    public static func listeners(of arn: String, marker: String?, address: String) -> HTTPQuery {
        request("DescribeListeners", [("LoadBalancerArn", arn)], marker: marker, address: address)
    }

    /// The ARNs of listeners.
    public static func listeners(status: Int, body: String) throws(AWSFailure) -> Page<String> {
        let result = try result("DescribeListeners", status: status, body: body)
        return page(result, result.members("Listeners").compactMap { $0.text("ListenerArn") })
    }

    /// Asks for the rules of a listener.
    public static func rules(of arn: String, marker: String?, address: String) -> HTTPQuery {
        request("DescribeRules", [("ListenerArn", arn)], marker: marker, address: address)
    }

    /// How the actions of rules divide requests.
    public static func rules(status: Int, body: String) throws(AWSFailure) -> Page<LoadBalancer.Division> {
        let result = try result("DescribeRules", status: status, body: body)
        let actions = result.members("Rules").flatMap { $0.members("Actions") }
        return page(result, actions.compactMap { action in
            guard let groups = action["ForwardConfig"]?.members("TargetGroups"), !groups.isEmpty else { return nil }
            var division: LoadBalancer.Division = [:]
            for group in groups {
                guard let arn = group.text("TargetGroupArn") else { continue }
                division[arn] = group.text("Weight").flatMap { Int($0) } ?? 1
            }
            return division
        })
    }

    // MARK: Targets

    /// Asks for the targets of a group.
    public static func targets(of arn: String, address: String) -> HTTPQuery {
        request("DescribeTargetHealth", [("TargetGroupArn", arn)], marker: nil, address: address)
    }

    /// The addresses of targets. Those on their way out are left out: requests go to them no more.
    public static func targets(status: Int, body: String) throws(AWSFailure) -> [TargetAddress] {
        let result = try result("DescribeTargetHealth", status: status, body: body)
        return result.members("TargetHealthDescriptions").compactMap { member in
            guard let target = member["Target"], let id = target.text("Id"),
                let port = target.text("Port").flatMap({ Int($0) }),
                member["TargetHealth"]?.text("State") != "draining"
            else { return nil }
            return TargetAddress(address: id, port: port)
        }
    }
}

/// An address of a pod that a group of targets has.
public struct TargetAddress: Hashable, Sendable {
    /// The IP address.
    public var address: String
    /// The port of the pod.
    public var port: Int

    /// Makes an address.
    public init(address: String, port: Int) {
        self.address = address
        self.port = port
    }
}

/// A TargetGroupBinding: which Service's pods the load balancer's controller registers in which group.
public struct TargetGroupBinding: Sendable {
    /// The group's ARN.
    public var targetGroup: String
    private let port: JSONValue

    /// The bindings of a Service whose pods themselves are the targets; others have nodes for targets, which do not
    /// change with a selector.
    public static func bindings(of service: JSONValue, among objects: [JSONValue]) -> [TargetGroupBinding] {
        let name = service["metadata"]?.text("name")
        let ports = service["spec"]?["ports"]?.array ?? []
        return objects.compactMap { object in
            guard let spec = object["spec"], let reference = spec["serviceRef"], reference.text("name") == name,
                let port = reference.present("port"), ports.contains(where: { matches(port, $0) }),
                spec.text("targetType") == "ip", let arn = spec.text("targetGroupARN")
            else { return nil }
            return TargetGroupBinding(targetGroup: arn, port: port)
        }
    }

    /// The addresses of the Service's endpoints, as they have to be registered; nil where its port has no number.
    public func expected(_ service: JSONValue, endpoints: JSONValue) -> Set<TargetAddress>? {
        let subsets = endpoints["subsets"]?.array ?? []
        guard let servicePort = service["spec"]?["ports"]?.array?.first(where: { Self.matches(port, $0) })
        else { return nil }
        let target = servicePort.present("targetPort") ?? servicePort["port"] ?? .null
        var result: Set<TargetAddress> = []
        for subset in subsets {
            // Pods may have different numbers for a port of the same name, each its subset.
            let named = (subset["ports"]?.array ?? []).first { $0.text("name") == servicePort.text("name") }
            guard let number = target.integer ?? named?.count("port") else { continue }
            for address in subset["addresses"]?.array ?? [] {
                if let ip = address.text("ip") { result.insert(TargetAddress(address: ip, port: number)) }
            }
        }
        return result
    }

    private static func matches(_ port: JSONValue, _ servicePort: JSONValue) -> Bool {
        port.integer.map { servicePort.count("port") == $0 } ?? (port.string == servicePort.text("name"))
    }
}
