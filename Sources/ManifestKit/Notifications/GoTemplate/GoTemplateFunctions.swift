/// The arguments of a function, and what else it may need.
struct GoTemplateArguments {
    let name: String
    let values: [ExpressionValue]
    let now: PresentMoment
    /// How long a text may become, in bytes.
    let longestText: Int

    var count: Int { values.count }

    subscript(position: Int) -> ExpressionValue { position < values.count ? values[position] : .null }

    /// A text.
    func string(_ position: Int) throws(FunctionProblem) -> String {
        guard case .string(let text) = self[position] else { throw wrong(position, "a text") }
        return text
    }

    /// A whole number, made from what is a number or a text with one.
    func integer(_ position: Int) -> Int64 {
        switch self[position] {
        case .integer(let value), .duration(let value): value
        case .float(let value): Int64(exactly: value.rounded(.towardZero)) ?? .min
        case .boolean(let value): value ? 1 : 0
        case .string(let text): Int64(text) ?? Double(text).flatMap { Int64(exactly: $0.rounded(.towardZero)) } ?? 0
        default: 0
        }
    }

    /// A number, made from what is one or a text with one.
    func float(_ position: Int) -> Double {
        switch self[position] {
        case .integer(let value), .duration(let value): Double(value)
        case .float(let value): value
        case .boolean(let value): value ? 1 : 0
        case .string(let text): Double(text) ?? 0
        default: 0
        }
    }

    /// A whole number that says how often or how long: one that Go would take for an `int`.
    func count(_ position: Int) throws(FunctionProblem) -> Int {
        guard case .integer(let value) = self[position] else { throw wrong(position, "a whole number; write `int`") }
        return Int(clamping: value)
    }

    /// The elements of a list.
    func list(_ position: Int) throws(FunctionProblem) -> [ExpressionValue] {
        guard let elements = self[position].elements else { throw wrong(position, "a list") }
        return elements
    }

    /// The entries of a map.
    func map(_ position: Int) throws(FunctionProblem) -> [ExpressionValue.Entry] {
        guard case .map(let entries) = self[position] else { throw wrong(position, "a map") }
        return entries
    }

    /// What is thrown for an argument of the wrong type.
    func wrong(_ position: Int, _ wanted: String) -> FunctionProblem {
        FunctionProblem("argument \(position + 1) has to be \(wanted), and it is \(kind(of: self[position]))")
    }

    /// A text that is not longer than a text may become.
    func limited(_ length: Int) throws(FunctionProblem) {
        if length > longestText { throw FunctionProblem("the text would be longer than \(longestText) bytes") }
    }

    private func kind(of value: ExpressionValue) -> String {
        if case .null = value { return "not there" }
        return value.type.name
    }
}

/// The functions of Go's `text/template` and those of the library sprig that need nothing but their arguments.
enum GoTemplateFunctions {
    /// How many arguments a function takes: at least, and at most unless it is any number.
    typealias Arity = (least: Int, most: Int?)

    /// How many arguments a function takes; nil for one that is not there.
    static func arity(of name: String) -> Arity? { arities[name] }

    /// All names.
    static var names: [String] { arities.keys.sorted() }

    /// Calls a function.
    static func call(_ arguments: GoTemplateArguments) throws(FunctionProblem) -> ExpressionValue {
        guard let (least, most) = arities[arguments.name] else { throw FunctionProblem("there is no such function") }
        guard arguments.count >= least, most.map({ arguments.count <= $0 }) ?? true else {
            let wanted = most == least ? "\(least)" : most.map { "\(least) to \($0)" } ?? "at least \(least)"
            throw FunctionProblem("it takes \(wanted) argument\(wanted == "1" ? "" : "s"), not \(arguments.count)")
        }
        if let value = try core(arguments) { return value }
        if let value = try comparison(arguments) { return value }
        if let value = try text(arguments) { return value }
        if let value = try textChange(arguments) { return value }
        if let value = try conversion(arguments) { return value }
        if let value = try choice(arguments) { return value }
        if let value = try number(arguments) { return value }
        if let value = try list(arguments) { return value }
        if let value = try map(arguments) { return value }
        if let value = try time(arguments) { return value }
        throw FunctionProblem("there is no such function")
    }

    /// Why a function that Go's users may know is not there; nil for one that nobody knows.
    static func reasonAgainst(_ name: String) -> String? {
        if ["set", "unset"].contains(name) {
            return "values do not change; make another map with `merge (dict …) $map`"
        }
        if ["env", "expandenv"].contains(name) { return "templates do not see the controller's environment" }
        let chance = [
            "randAlpha", "randAlphaNum", "randNumeric", "randAscii", "randInt", "randBytes", "shuffle", "uuidv4",
        ]
        if chance.contains(name) { return "a template gives the same text for the same Rollout" }
        let ciphers = [
            "sha1sum", "sha256sum", "sha512sum", "adler32sum", "bcrypt", "htpasswd", "derivePassword", "genPrivateKey",
            "genCA", "genSelfSignedCert", "genSignedCert", "encryptAES", "decryptAES", "getHostByName",
        ]
        if ciphers.contains(name) { return "it has no place in a message" }
        return nil
    }

    /// The name that a wrong one was probably meant to be.
    static func closest(to name: String) -> String? {
        let lower = name.lowercased()
        return names.first { $0.lowercased() == lower }
            ?? names.first { name.utf8.count > 2 && $0.lowercased().hasPrefix(lower) }
            ?? names.first { $0.utf8.count > 2 && lower.hasPrefix($0.lowercased()) }
    }

    private static let arities: [String: Arity] = {
        var all: [String: Arity] = [:]
        func note(_ least: Int, _ most: Int?, _ names: String) {
            for name in names.split(separator: " ") { all[String(name)] = (least, most) }
        }
        note(0, 0, "now")
        note(0, nil, "print println html js urlquery quote squote cat coalesce all any list tuple dict concat")
        note(1, 1, """
            not len trim upper lower title untitle nospace initials snakecase camelcase kebabcase toString toStrings \
            b64enc b64dec atoi int int64 float64 empty kindOf typeOf fromJson mustFromJson toJson mustToJson \
            toPrettyJson toRawJson regexQuoteMeta first rest last initial reverse uniq compact sortAlpha values floor \
            ceil htmlDate ago durationRound unixEpoch duration fail add1 until
            """)
        note(1, 3, "seq")
        note(1, nil, """
            and or eq index slice call printf add mul max min maxf minf addf mulf without pick omit keys merge
            """)
        note(2, 2, """
            ne lt le gt ge trimAll trimall trimSuffix trimPrefix repeat trunc abbrev contains hasPrefix hasSuffix \
            indent nindent splitList split join regexMatch mustRegexMatch default sub div mod append push prepend has \
            chunk get hasKey kindIs typeIs date toDate mustToDate dateModify htmlDateInZone
            """)
        note(2, 3, "round")
        note(2, nil, "subf divf pluck")
        note(3, 3, "substr replace plural ternary dateInZone date_in_zone splitn untilStep")
        note(3, nil, "dig")
        return all
    }()
}
