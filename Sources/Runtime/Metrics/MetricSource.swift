import ManifestKit

/// What answers the questions that metric providers ask.
public protocol MetricSource: Sendable {
    /// The answer to a question; what goes wrong is an answer too.
    func answer(_ question: MetricQuestion) async -> MetricAnswer

    /// What comes of a measurement that this source takes by itself, without the provider; nil where the provider asks.
    func measurement(
        _ task: MeasurementTask.Kind, _ context: MeasurementContext, of provider: any MetricProvider
    ) -> Measurement?
}

extension MetricSource {
    public func measurement(
        _ task: MeasurementTask.Kind, _ context: MeasurementContext, of provider: any MetricProvider
    ) -> Measurement? { nil }
}

/// Answers the questions about objects of the cluster, and leaves the others to somebody else.
struct ClusterMetricSource: MetricSource {
    let transport: any ClusterTransport
    /// Answers what is asked of servers.
    let servers: any MetricSource

    func answer(_ question: MetricQuestion) async -> MetricAnswer {
        do throws(KubernetesFailure) {
            switch question {
            case .http, .region: return await servers.answer(question)
            case .get(let object):
                return .object(try await transport.send(.get(try Self.type(object.kind), object.objectName)))
            case .list(let kind, let namespace, let labels): return try await list(kind, namespace, labels)
            case .create(let object, let value):
                let type = try Self.type(object.kind)
                do throws(KubernetesFailure) {
                    return .object(try await transport.send(.create(type, namespace: object.namespace, value)))
                } catch {
                    guard error.reason == .alreadyExists else { throw error }
                    return .existing(try await transport.send(.get(type, object.objectName)))
                }
            case .delete(let object):
                return .object(try await transport.send(.delete(try Self.type(object.kind), object.objectName)))
            }
        } catch {
            return error.reason == .notFound ? .missing : .failure(error.message)
        }
    }

    func measurement(
        _ task: MeasurementTask.Kind, _ context: MeasurementContext, of provider: any MetricProvider
    ) -> Measurement? { servers.measurement(task, context, of: provider) }

    private func list(
        _ kind: String, _ namespace: String, _ labels: [String: String]
    ) async throws(KubernetesFailure) -> MetricAnswer {
        var request = KubernetesRequest.list(try Self.type(kind), namespace: namespace)
        request.labelSelector = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
        request.limit = 500
        return .objects(try await transport.send(request)["items"]?.array ?? [])
    }

    private static func type(_ kind: String) throws(KubernetesFailure) -> ResourceType {
        switch kind {
        case "Job": return .jobs
        case "Pod": return .pods
        case "Secret": return .secrets
        default: throw KubernetesFailure(.badRequest, "providers have nothing to do with objects of kind \(kind)")
        }
    }
}

extension MetricQuestion.ClusterObject {
    fileprivate var objectName: ObjectName { ObjectName(namespace: namespace, name: name) }
}
