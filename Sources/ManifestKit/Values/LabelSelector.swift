/// A label selector, as it stands in a query, `app=web,tier in (a, b),!canary`, or in an object.
public struct LabelSelector: Hashable, Sendable {
    /// One condition.
    public enum Requirement: Hashable, Sendable {
        case isOneOf(String, [String])
        case isNoneOf(String, [String])
        case exists(String)
        case doesNotExist(String)
        case isGreater(String, Int)
        case isLess(String, Int)
    }

    /// The conditions; all must hold.
    public var requirements: [Requirement]

    /// Makes a selector from conditions.
    public init(_ requirements: [Requirement] = []) { self.requirements = requirements }

    /// Why a text is no selector.
    public struct Malformation: Error, Hashable, Sendable {
        /// What is wrong, as an API server says it.
        public var message: String
    }

    /// Reads a query's selector.
    public init(text: String) throws(Malformation) {
        requirements = []
        for part in Self.parts(of: text) {
            guard let requirement = Self.requirement(part) else {
                throw Malformation(message: "unable to parse requirement: \(part)")
            }
            requirements.append(requirement)
        }
    }

    /// Reads the selector of an object: `matchLabels` and `matchExpressions`.
    public init(object: JSONValue?) {
        requirements = (object?["matchLabels"]?.object?.fields ?? []).map {
            .isOneOf($0.key, [$0.value.string ?? ""])
        }
        for expression in object?["matchExpressions"]?.array ?? [] {
            let key = expression["key"]?.string ?? ""
            let values = expression["values"]?.array?.compactMap(\.string) ?? []
            switch expression["operator"]?.string {
            case "In": requirements.append(.isOneOf(key, values))
            case "NotIn": requirements.append(.isNoneOf(key, values))
            case "Exists": requirements.append(.exists(key))
            case "DoesNotExist": requirements.append(.doesNotExist(key))
            default: requirements.append(.isOneOf(key, []))
            }
        }
    }

    /// Whether labels meet every condition.
    public func matches(_ labels: JSONObject?) -> Bool {
        requirements.allSatisfy { requirement in
            switch requirement {
            case .isOneOf(let key, let values): labels?[key]?.string.map(values.contains) ?? false
            case .isNoneOf(let key, let values): !(labels?[key]?.string.map(values.contains) ?? false)
            case .exists(let key): labels?[key] != nil
            case .doesNotExist(let key): labels?[key] == nil
            case .isGreater(let key, let bound): labels?[key]?.string.flatMap { Int($0) }.map { $0 > bound } ?? false
            case .isLess(let key, let bound): labels?[key]?.string.flatMap { Int($0) }.map { $0 < bound } ?? false
            }
        }
    }

    /// The fewest labels that meet every condition, or nil where none do.
    public var leastLabels: JSONObject? {
        var labels = JSONObject()
        for requirement in requirements {
            switch requirement {
            case .isOneOf(let key, let values):
                let known = labels[key]?.string
                labels[key] = (known.flatMap { values.contains($0) ? $0 : nil } ?? values.first).map { .string($0) }
            case .exists(let key): labels[key] = labels[key] ?? "true"
            case .isGreater(let key, let bound): labels[key] = .string(String(bound.addingReportingOverflow(1).0))
            case .isLess(let key, let bound): labels[key] = .string(String(bound.subtractingReportingOverflow(1).0))
            case .isNoneOf, .doesNotExist: break
            }
        }
        return matches(labels) ? labels : nil
    }

    /// Cuts at commas that are not in brackets.
    private static func parts(of query: String) -> [String] {
        var parts: [String] = []
        var part = ""
        var depth = 0
        for character in query {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if character == ",", depth == 0 {
                parts.append(part)
                part = ""
            } else {
                part.append(character)
            }
        }
        parts.append(part)
        return parts.map(trimmed).filter { !$0.isEmpty }
    }

    private static func requirement(_ text: String) -> Requirement? {
        if text.hasPrefix("!") {
            let key = trimmed(String(text.dropFirst()))
            return isKey(key) ? .doesNotExist(key) : nil
        }
        for (mark, isNegated) in [("!=", true), ("==", false), ("=", false)] {
            guard let range = text.firstRange(of: mark) else { continue }
            let key = trimmed(String(text[..<range.lowerBound]))
            let value = trimmed(String(text[range.upperBound...]))
            guard isKey(key) else { return nil }
            return isNegated ? .isNoneOf(key, [value]) : .isOneOf(key, [value])
        }
        for mark in [">", "<"] {
            guard let range = text.firstRange(of: mark) else { continue }
            let key = trimmed(String(text[..<range.lowerBound]))
            guard isKey(key), let bound = Int(trimmed(String(text[range.upperBound...]))) else { return nil }
            return mark == ">" ? .isGreater(key, bound) : .isLess(key, bound)
        }
        let words = text.split(separator: " ", maxSplits: 1).map(String.init)
        guard let key = words.first, isKey(key) else { return nil }
        guard words.count == 2 else { return .exists(key) }
        let rest = trimmed(words[1])
        for (word, isNegated) in [("notin", true), ("in", false)] where rest.hasPrefix(word) {
            let list = trimmed(String(rest.dropFirst(word.count)))
            guard list.hasPrefix("("), list.hasSuffix(")") else { return nil }
            let values = list.dropFirst().dropLast().split(separator: ",", omittingEmptySubsequences: false)
                .map { trimmed(String($0)) }
            return isNegated ? .isNoneOf(key, values) : .isOneOf(key, values)
        }
        return nil
    }

    private static func isKey(_ text: String) -> Bool {
        !text.isEmpty && !text.contains(" ") && !text.contains("(") && !text.contains(")")
    }

    private static func trimmed(_ text: String) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
