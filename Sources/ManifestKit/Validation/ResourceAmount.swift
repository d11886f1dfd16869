/// An amount of a resource, made for comparing: `250m`, `64Mi`.
///
/// Nearly all amounts in manifests are a few digits and a unit. They become a number without a `Quantity` being made.
struct ResourceAmount: Comparable {
    private enum Form {
        case thousandths(Int64)
        case quantity(Quantity)
    }

    private let form: Form

    /// Reads an amount, or nil where the node is none.
    init?(_ node: YAMLNode) {
        guard node.isScalar else { return nil }
        if let small = node.withText(Self.thousandths) {
            form = .thousandths(small)
        } else if let quantity = Quantity(node) {
            form = .quantity(quantity)
        } else {
            return nil
        }
    }

    /// Whether it is below zero.
    var isNegative: Bool { if case .quantity(let quantity) = form { quantity.isNegative } else { false } }

    /// Whether it is a whole number.
    var isWhole: Bool {
        switch form {
        case .thousandths(let value): value % 1000 == 0
        case .quantity(let quantity): quantity.isWhole
        }
    }

    /// Whether it is a number of thousandths.
    var isThousandths: Bool {
        guard case .quantity(let quantity) = form, !quantity.isWhole else { return true }
        guard let value = quantity.milliValue, let again = Quantity("\(value)m") else { return true }
        return again == quantity
    }

    /// The whole number that it is, or nil where it is none or a very large one.
    var wholeValue: Int64? {
        switch form {
        case .thousandths(let value): value % 1000 == 0 ? value / 1000 : nil
        case .quantity(let quantity): quantity.isWhole ? quantity.wholeValue : nil
        }
    }

    /// The sum of several amounts, or nil where one of them is not a small number.
    static func sum(of nodes: [YAMLNode]) -> ResourceAmount? {
        var sum: Int64 = 0
        for node in nodes {
            guard let value = ResourceAmount(node)?.quantity?.milliValue else { return nil }
            let (next, overflow) = sum.addingReportingOverflow(value)
            guard !overflow else { return nil }
            sum = next
        }
        return ResourceAmount(thousandths: sum)
    }

    private init(thousandths: Int64) { form = .thousandths(thousandths) }

    static func < (left: ResourceAmount, right: ResourceAmount) -> Bool {
        if case .thousandths(let left) = left.form, case .thousandths(let right) = right.form { return left < right }
        guard let left = left.quantity, let right = right.quantity else { return false }
        return left < right
    }

    static func == (left: ResourceAmount, right: ResourceAmount) -> Bool {
        if case .thousandths(let left) = left.form, case .thousandths(let right) = right.form { return left == right }
        return left.quantity == right.quantity
    }

    private var quantity: Quantity? {
        switch form {
        case .thousandths(let value): Quantity("\(value)m")
        case .quantity(let quantity): quantity
        }
    }

    /// The value of one to six digits with a common unit; nil for everything else.
    private static func thousandths(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
        var value: Int64 = 0
        var count = 0
        while count < bytes.count, bytes[count] >= 0x30, bytes[count] <= 0x39 {
            guard count < 6 else { return nil }
            value = value * 10 + Int64(bytes[count] &- 0x30)
            count += 1
        }
        // A plain scalar such as `017` is an octal number.
        guard count > 0, count == 1 || bytes[0] != UInt8(ascii: "0") else { return nil }
        switch (bytes.count - count, bytes.count > count ? bytes[count] : 0, bytes.last) {
        case (0, _, _): return value * 1000
        case (1, UInt8(ascii: "m"), _): return value
        case (1, UInt8(ascii: "k"), _): return value * 1_000_000
        case (1, UInt8(ascii: "M"), _): return value * 1_000_000_000
        case (1, UInt8(ascii: "G"), _): return value * 1_000_000_000_000
        case (2, UInt8(ascii: "K"), UInt8(ascii: "i")): return value * 1000 << 10
        case (2, UInt8(ascii: "M"), UInt8(ascii: "i")): return value * 1000 << 20
        case (2, UInt8(ascii: "G"), UInt8(ascii: "i")) where count < 6: return value * 1000 << 30
        default: return nil
        }
    }
}
