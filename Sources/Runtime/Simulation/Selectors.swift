import ManifestKit

extension LabelSelector {
    /// Reads a query's selector; throws what an API server answers to a wrong one.
    public init(query: String) throws(KubernetesFailure) {
        do throws(Malformation) { try self.init(text: query) } catch {
            throw KubernetesFailure(.badRequest, error.message)
        }
    }
}

/// A field selector as it stands in a query: `metadata.name=web,status.phase!=Running`.
public struct FieldSelector: Hashable, Sendable {
    /// One condition.
    public struct Requirement: Hashable, Sendable {
        /// The field's path.
        public var path: [String]
        /// The value that it has, or has not.
        public var value: String
        /// Whether it has not.
        public var isNegated: Bool
    }

    /// The conditions; all must hold.
    public var requirements: [Requirement] = []

    /// Reads a query's selector; throws what an API server answers to a wrong one.
    public init(query: String) throws(KubernetesFailure) {
        for part in query.split(separator: ",") {
            let isNegated = part.contains("!=")
            let sides = part.split(separator: "=", maxSplits: isNegated ? 1 : 2, omittingEmptySubsequences: true)
            guard let first = sides.first else {
                throw KubernetesFailure(.badRequest, "invalid field selector: \(query)")
            }
            guard part.contains("=") else {
                throw KubernetesFailure(.badRequest, "invalid selector: '\(part)'; can't understand '\(part)'")
            }
            let path = (isNegated ? first.dropLast() : first).split(separator: ".").map(String.init)
            let value = sides.count > 1 ? String(sides[sides.count - 1]) : ""
            requirements.append(Requirement(path: path, value: value, isNegated: isNegated))
        }
    }

    /// Whether an object meets every condition; an absent field counts as empty.
    public func matches(_ object: JSONValue) -> Bool {
        requirements.allSatisfy { requirement in
            var value: JSONValue? = object
            for key in requirement.path { value = value?[key] }
            return (Self.text(value) == requirement.value) != requirement.isNegated
        }
    }

    private static func text(_ value: JSONValue?) -> String {
        switch value {
        case .string(let text)?: text
        case .integer(let number)?: String(number)
        case .boolean(let truth)?: truth ? "true" : "false"
        default: ""
        }
    }
}
