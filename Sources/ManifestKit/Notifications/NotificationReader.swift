/// Reads the entries of the ConfigMap one by one.
struct NotificationReader {
    var settings: NotificationSettings
    /// The values of the Secret; nil where it is not known.
    let secrets: [String: [UInt8]]?
    /// What triggers refer to, for when all entries are read.
    private var references: [(key: String, range: Range<Int>, template: String)] = []

    init(settings: NotificationSettings, secrets: [String: [UInt8]]?) {
        self.settings = settings
        self.secrets = secrets
    }

    // MARK: Entries

    /// Reads an entry; keys that mean nothing are left alone, as the reference leaves them.
    mutating func read(_ key: String, _ text: String) {
        if key.hasPrefix("template.") {
            readTemplate(key, text)
        } else if key.hasPrefix("service.") {
            readService(key, text)
        } else if key.hasPrefix("trigger.") {
            readTrigger(key, text)
        } else if key == "subscriptions" {
            readSubscriptions(key, text)
        } else if key == "defaultTriggers" || key.hasPrefix("defaultTriggers.") {
            guard let names = readNames(key, text) else { return }
            if key == "defaultTriggers" {
                settings.defaultTriggers = names
            } else {
                settings.serviceDefaultTriggers[String(key.dropFirst("defaultTriggers.".count))] = names
            }
        }
    }

    /// Looks for what triggers name and the ConfigMap does not have.
    mutating func checkReferences() {
        for (key, range, template) in references where !settings.templateNames.contains(template) {
            note(
                .trigger, key, range, "there is no template '\(template)'",
                hint: "add `template.\(template)` to the ConfigMap, or name another template")
        }
        var defaults = [("defaultTriggers", settings.defaultTriggers)]
        for (service, names) in settings.serviceDefaultTriggers.sorted(by: { $0.key < $1.key }) {
            defaults.append(("defaultTriggers.\(service)", names))
        }
        for (key, names) in defaults {
            for name in names where settings.triggers[name] == nil {
                note(.trigger, key, 0..<0, "there is no trigger '\(name)'", hint: "add `trigger.\(name)`", isMild: true)
            }
        }
        for subscription in settings.subscriptions {
            for destination in subscription.destinations where !settings.serviceNames.contains(destination.service) {
                note(
                    .subscription, "subscriptions", 0..<0, "there is no service '\(destination.service)'",
                    hint: "a recipient is a service's name, a colon and who gets it: slack:my-channel")
            }
        }
    }

    private mutating func note(
        _ topic: NotificationSettings.Fault.Topic, _ key: String, _ range: Range<Int>, _ message: String,
        hint: String? = nil, isMild: Bool = false
    ) {
        settings.faults.append(NotificationSettings.Fault(
            topic: topic, key: key, range: range, message: message, hint: hint, isMild: isMild))
    }

    /// The value of an entry, or nil with a fault noted; an empty entry is null.
    private mutating func node(_ topic: NotificationSettings.Fault.Topic, _ key: String, _ text: String) -> YAMLNode? {
        guard let document = YAMLParser.document(text) else { return nil }
        if let fault = document.faults.first {
            note(topic, key, fault.range, "\(key) is no YAML: \(fault.message)", hint: fault.hint)
            return nil
        }
        return document.root
    }

    private mutating func readNames(_ key: String, _ text: String) -> [String]? {
        guard let root = node(.trigger, key, text), !root.isNull else { return [] }
        guard root.isSequence, root.elements.allSatisfy({ $0.isScalar }) else {
            note(.trigger, key, root.range, "\(key) is a list of triggers")
            return nil
        }
        return root.elements.map(\.text)
    }

    // MARK: Services

    private mutating func readService(_ key: String, _ text: String) {
        let parts = key.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 || parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else {
            note(.service, key, 0..<0, "the key '\(key)' is not of the form service.<type> or service.<type>.<name>")
            return
        }
        let (type, name) = (parts[1], parts[parts.count - 1])
        settings.serviceNames.insert(name)
        guard let service = NotificationServices.service(type) else {
            let known = NotificationServices.all.map { $0.type }.joined(separator: ", ")
            let isAbsent = NotificationServices.absent.contains(type)
            note(
                .service, key, 0..<0,
                isAbsent ? "services of the type '\(type)' are not supported yet"
                    : "there is no type of service '\(type)'",
                hint: "there are \(known)" + (isAbsent ? "; many others can be reached by a webhook" : ""))
            return
        }
        guard let root = node(.service, key, text) else { return }
        guard root.isMapping else {
            note(.service, key, root.range, "the settings of a service are a map")
            return
        }
        let value = filled(root.json, key)
        do throws(NotificationProblem) {
            settings.services[name] = try service.init(NotificationOptions(value))
        } catch {
            let place = error.field.flatMap { root[$0]?.range } ?? root.range
            note(.service, key, place, "service.\(type): " + settings.hidingSecrets(error.message))
        }
    }

    /// The settings with the values of the Secret in the place of `$name`.
    private mutating func filled(_ value: JSONValue, _ key: String) -> JSONValue {
        guard let secrets else { return value }
        switch value {
        case .string(let text): return .string(filled(text, key, secrets))
        case .array(let elements):
            var filledElements: [JSONValue] = []
            for element in elements { filledElements.append(filled(element, key)) }
            return .array(filledElements)
        case .object(let object):
            var filledObject = JSONObject()
            for field in object.fields { filledObject[field.key] = filled(field.value, key) }
            return .object(filledObject)
        default: return value
        }
    }

    private mutating func filled(_ text: String, _ key: String, _ secrets: [String: [UInt8]]) -> String {
        var result = ""
        var rest = Substring(text)
        while let mark = rest.firstIndex(of: "$") {
            result += rest[..<mark]
            let name = rest[rest.index(after: mark)...].prefix {
                $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-")
            }
            if let value = secrets[String(name)], !name.isEmpty {
                result += String(decoding: value, as: UTF8.self)
            } else {
                result += "$" + name
                if !name.isEmpty {
                    note(
                        .service, key, 0..<0, "the Secret \(NotificationSettings.secret) has no key '\(name)'",
                        hint: "add the key to the Secret", isMild: true)
                }
            }
            rest = rest[name.endIndex...]
        }
        return result + rest
    }

    // MARK: Templates

    private mutating func readTemplate(_ key: String, _ text: String) {
        let name = String(key.dropFirst("template.".count))
        settings.templateNames.insert(name)
        guard let root = node(.template, key, text) else { return }
        guard root.isMapping else {
            note(.template, key, root.range, "a template is a map with `message` and parts for services")
            return
        }
        let count = settings.faults.count
        var message: NotificationTemplate.Part?
        var sections: [String: NotificationTemplate.Part] = [:]
        for entry in root.entries {
            let part = part(entry.value, key)
            if entry.key.text == "message" {
                guard entry.value.isScalar else {
                    note(.template, key, entry.value.range, "message is a text")
                    continue
                }
                message = part
            } else {
                if !entry.value.isMapping, !entry.value.isNull {
                    note(.template, key, entry.value.range, "the part `\(entry.key.text)` of a template is a map")
                }
                sections[entry.key.text] = part
            }
        }
        guard settings.faults.count == count else { return }
        settings.templates[name] = NotificationTemplate(name: name, message: message, sections: sections)
    }

    private mutating func part(_ node: YAMLNode, _ key: String) -> NotificationTemplate.Part? {
        switch node.kind {
        case .mapping:
            var entries: [(key: String, part: NotificationTemplate.Part)] = []
            for entry in node.entries {
                if let part = part(entry.value, key) { entries.append((entry.key.keyText, part)) }
            }
            return .map(entries)
        case .sequence:
            var parts: [NotificationTemplate.Part] = []
            for element in node.elements {
                if let part = part(element, key) { parts.append(part) }
            }
            return .list(parts)
        case .scalar:
            guard let text = node.string else { return .plain(node.json) }
            do throws(GoTemplateFailure) {
                return .text(try GoTemplate(text))
            } catch {
                let place = GoTemplate.place(ofByte: error.range.lowerBound, in: text)
                note(
                    .template, key, node.sourceRange(ofText: error.range),
                    "\(node.path): \(error.message) (line \(place.line), column \(place.column) of the text)")
                return nil
            }
        }
    }

    // MARK: Triggers and subscriptions

    private mutating func readTrigger(_ key: String, _ text: String) {
        let name = String(key.dropFirst("trigger.".count))
        guard let root = node(.trigger, key, text), !root.isNull else {
            settings.triggers[name] = NotificationTrigger(conditions: [])
            return
        }
        guard root.isSequence else {
            note(.trigger, key, root.range, "a trigger is a list of conditions", hint: "write `- send: [template]`")
            return
        }
        var trigger = NotificationTrigger(conditions: [])
        for item in root.elements {
            guard item.isMapping else {
                note(.trigger, key, item.range, "a condition is a map with `send` and, where it is wanted, `when`")
                continue
            }
            var condition = NotificationTrigger.Condition()
            var isSound = true
            for field in ["when", "oncePer"] {
                guard let node = item[field], !node.isNull else { continue }
                do throws(ExpressionFailure) {
                    let expression = try NotificationTrigger.Condition.expression(node.text)
                    if field == "when" { condition.when = expression } else { condition.oncePer = expression }
                } catch {
                    isSound = false
                    note(
                        .trigger, key, node.sourceRange(ofText: error.range), "\(field): \(error.message)",
                        hint: "a condition names rollout, analysisRuns, time and secrets")
                }
            }
            if let send = item["send"], !send.isNull {
                if !send.isSequence { note(.trigger, key, send.range, "send is a list of templates") }
                for template in send.elements where send.isSequence {
                    condition.templates.append(template.text)
                    references.append((key, template.range, template.text))
                }
            }
            if isSound { trigger.conditions.append(condition) }
        }
        settings.triggers[name] = trigger
    }

    private mutating func readSubscriptions(_ key: String, _ text: String) {
        guard let root = node(.subscription, key, text), !root.isNull else { return }
        guard root.isSequence else {
            note(.subscription, key, root.range, "subscriptions is a list")
            return
        }
        for item in root.elements {
            let value = item.json
            var selector = LabelSelector()
            do throws(LabelSelector.Malformation) {
                selector = try LabelSelector(text: value["selector"]?.string ?? "")
            } catch {
                note(.subscription, key, item["selector"]?.range ?? item.range, "selector: \(error.message)")
                continue
            }
            let recipients = value["recipients"]?.array?.compactMap(\.string) ?? []
            if recipients.isEmpty { note(.subscription, key, item.range, "a subscription needs `recipients`") }
            settings.subscriptions.append(SharedSubscription(
                destinations: recipients.map { recipient in
                    // What stands behind a second colon is lost in the reference; an address may hold one.
                    let parts = recipient.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                    return NotificationDestination(
                        service: String(parts[0]), recipient: parts.count > 1 ? String(parts[1]) : "")
                }, triggers: value["triggers"]?.array?.compactMap(\.string) ?? [], selector: selector))
        }
    }
}
