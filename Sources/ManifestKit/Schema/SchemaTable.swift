/// The fields of all types that the checker knows, read where the generator put them.
///
/// A type is found by its place in `text`. From there on stand: its flags, the number of its fields (2 characters), the
/// size of its table of slots as a power of two, the number of its required fields, the slots, and the fields, the
/// required ones first. A slot holds 1 + the position of a field whose name begins the search there. A field is its
/// name's place (3) and length, its container, its code, its type's place (3), its first and last minor version of
/// Kubernetes, its flags, and 1 + the place of what else there is to say of it (3). Every character is 6 bits, lowest
/// first.
struct SchemaTable {
    private let base: UnsafePointer<UInt8>

    /// The table of this program.
    @inline(__always)
    init() { base = Self.text.utf8Start }

    @inline(__always)
    private func digit(_ place: Int) -> Int { Int(base[place]) &- 48 }

    @inline(__always)
    private func number(_ place: Int) -> Int { digit(place) | digit(place + 1) << 6 | digit(place + 2) << 12 }

    /// A type, by its place in the text.
    struct TypeReference: Equatable {
        var place: Int
    }

    /// A field of a type.
    struct Field {
        /// The place of the field in the text.
        fileprivate var place: Int
        /// Its position in its type, which is below the number of required fields where it is one.
        var position: Int
    }

    /// Whether a value is single, in a list, or in a mapping with any keys.
    enum Container: Int {
        case single, list, map
    }

    /// What a value is.
    enum Code: Int {
        case any, string, int32, int64, number, boolean, object, reference, quantity, intOrString, intOrPercent, time
    }
}

// MARK: - Types

extension SchemaTable {
    /// Whether a type takes fields that it does not name.
    func isOpen(_ type: TypeReference) -> Bool { digit(type.place) & 1 != 0 }

    /// Whether a type is what a CRD keeps of an object's metadata: labels and annotations.
    func isLabelsAndAnnotations(_ type: TypeReference) -> Bool { digit(type.place) & 2 != 0 }

    /// The bits of the positions of required fields.
    @inline(__always)
    func requiredFields(_ type: TypeReference) -> UInt64 { (1 << UInt64(digit(type.place + 4))) &- 1 }

    /// The fields of a type, required ones first.
    func fields(_ type: TypeReference) -> [Field] {
        let count = digit(type.place + 1) | digit(type.place + 2) << 6
        return (0..<count).map { field(type, $0) }
    }

    /// The field at a position.
    @inline(__always)
    func field(_ type: TypeReference, _ position: Int) -> Field {
        Field(place: type.place + 5 + (1 << digit(type.place + 3)) + 15 * position, position: position)
    }

    /// The field of a name, or nil.
    @inline(__always)
    func field(_ type: TypeReference, _ name: UnsafeBufferPointer<UInt8>) -> Field? {
        guard let start = name.baseAddress, name.count > 0, name.count < 64 else { return nil }
        let mask = (1 << digit(type.place + 3)) &- 1
        let mixed = name.count &* 5 &+ Int(name[0]) &* 3 &+ Int(name[name.count - 1]) &* 7
            &+ Int(name[name.count / 2]) &* 13
        var slot = (mixed ^ mixed >> 5) & mask
        while true {
            let entry = digit(type.place + 5 + slot)
            if entry == 0 { return nil }
            let candidate = field(type, entry - 1)
            if digit(candidate.place + 3) == name.count,
                ByteSearch.equal(nameBytes(candidate), UnsafeBufferPointer(start: start, count: name.count)) {
                return candidate
            }
            slot = (slot + 1) & mask
        }
    }

    /// The field of a name, or nil.
    func field(_ type: TypeReference, named name: String) -> Field? {
        var name = name
        return name.withUTF8 { field(type, $0) }
    }
}

// MARK: - Fields

extension SchemaTable {
    @inline(__always)
    private func nameBytes(_ field: Field) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: base + number(field.place), count: digit(field.place + 3))
    }

    /// The name of a field.
    func name(_ field: Field) -> String { String(decoding: nameBytes(field), as: UTF8.self) }

    /// Whether its value is single, in a list, or in a mapping.
    @inline(__always)
    func container(_ field: Field) -> Container { Container(rawValue: digit(field.place + 4)) ?? .single }

    /// What its value, or each of its values, is.
    @inline(__always)
    func code(_ field: Field) -> Code { Code(rawValue: digit(field.place + 5)) ?? .any }

    /// The type that its value has where the code is `reference`.
    @inline(__always)
    func type(_ field: Field) -> TypeReference { TypeReference(place: number(field.place + 6)) }

    /// The first minor version of Kubernetes 1 that has it, or 0.
    @inline(__always)
    func firstMinor(_ field: Field) -> Int { digit(field.place + 9) }

    /// The last minor version of Kubernetes 1 that has it, or 63.
    @inline(__always)
    func lastMinor(_ field: Field) -> Int { digit(field.place + 10) }

    /// Whether a minor version of Kubernetes 1 has it.
    @inline(__always)
    func exists(_ field: Field, inMinor minor: Int) -> Bool { firstMinor(field) <= minor && minor <= lastMinor(field) }

    /// Whether it is a field of Kubernetes that the CRDs of Argo Rollouts lack.
    @inline(__always)
    func isLackingInCRDs(_ field: Field) -> Bool { digit(field.place + 11) & 2 != 0 }

    /// Whether the CRDs take no number with a fraction for this quantity.
    func isWholeInCRDs(_ field: Field) -> Bool { digit(field.place + 11) & 4 != 0 }

    /// What else there is to say of the field, such as its values, or nil.
    @inline(__always)
    func constraints(_ field: Field) -> SchemaConstraints? {
        let place = number(field.place + 12)
        return place == 0 ? nil : SchemaConstraints(base: base + (place - 1))
    }
}

/// Values, bounds and keys that a schema gives for a field: `enum=a,b;;`, `min=0;max=100;;` or `keys=name;;`.
struct SchemaConstraints {
    /// The values that are allowed, or none where all are.
    var values: [Substring] = []
    /// The smallest number.
    var minimum: Int64?
    /// The largest number.
    var maximum: Int64?
    /// The fields whose values must be unique in a list.
    var keys: [Substring] = []

    /// Reads parts up to an empty one.
    fileprivate init(base: UnsafePointer<UInt8>) {
        var start = base
        while let part = Self.part(&start), let equals = part.firstIndex(of: "=") {
            let value = part[part.index(after: equals)...]
            switch part[..<equals] {
            case "enum": values = value.split(separator: ",")
            case "min": minimum = Int64(value)
            case "max": maximum = Int64(value)
            case "keys": keys = value.split(separator: ",")
            default: break
            }
        }
    }

    private static func part(_ start: inout UnsafePointer<UInt8>) -> Substring? {
        var end = start
        while end.pointee != UInt8(ascii: ";") { end += 1 }
        guard end > start else { return nil }
        let part = String(decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self)
        start = end + 1
        return part[...]
    }
}

/// A kind under one of its values of `apiVersion`.
struct SchemaRoot: Sendable {
    /// The group and version.
    let apiVersion: String
    /// The kind.
    let kind: String
    /// The place of its type in the table.
    let type: Int
    /// The last minor version of Kubernetes 1 that serves it, or nil for one that is still served.
    let lastMinor: Int?

    init(apiVersion: String, kind: String, type: Int, lastMinor: Int? = nil) {
        self.apiVersion = apiVersion
        self.kind = kind
        self.type = type
        self.lastMinor = lastMinor
    }

    /// The kind's type.
    var reference: SchemaTable.TypeReference { SchemaTable.TypeReference(place: type) }
}

extension SchemaTable {
    /// The values of `apiVersion` that a kind may have, the one to use first.
    static func roots(of kind: ResourceKind) -> [SchemaRoot] { rootsByKind[kind] ?? [] }

    private static let rootsByKind: [ResourceKind: [SchemaRoot]] = {
        var roots: [ResourceKind: [SchemaRoot]] = [:]
        for root in Self.roots {
            guard let kind = ResourceKind(apiVersion: root.apiVersion, kind: root.kind) else { continue }
            roots[kind, default: []].append(root)
        }
        return roots
    }()
}
