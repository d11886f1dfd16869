import Testing

@testable import ManifestKit

/// Numbers as Go writes them.
@Suite struct GoNumberTests {
    static let shortestForms: [(Double, String, String)] = [
        (0.1, "0.1", "0.1"), (0, "0", "0"), (100, "100", "100"), (123_456, "123456", "123456"),
        (1_234_567, "1234567", "1.234567e+06"), (1e6, "1000000", "1e+06"), (0.0001, "0.0001", "0.0001"),
        (0.00001, "0.00001", "1e-05"), (-2.5, "-2.5", "-2.5"), (1e21, "1000000000000000000000", "1e+21"),
        (.nan, "NaN", "NaN"), (.infinity, "+Inf", "+Inf"), (-.infinity, "-Inf", "-Inf"),
    ]

    @Test(arguments: shortestForms)
    func shortest(_ value: Double, _ plain: String, _ general: String) {
        #expect(GoNumber.plain(value) == plain)
        #expect(GoNumber.general(value) == general)
    }

    static let fixedForms: [(Double, String, String)] = [
        (0.125, "0.12", "0.125000"), (0.375, "0.38", "0.375000"), (2.675, "2.67", "2.675000"),
        (-0.001, "-0.00", "-0.001000"), (0.995, "0.99", "0.995000"), (9.999, "10.00", "9.999000"),
        (123_456.789, "123456.79", "123456.789000"), (.leastNonzeroMagnitude, "0.00", "0.000000"),
        (0, "0.00", "0.000000"),
        (1e22, "10000000000000000000000.00", "10000000000000000000000.000000"), (.infinity, "+Inf", "+Inf"),
    ]

    @Test(arguments: fixedForms)
    func fixed(_ value: Double, _ two: String, _ six: String) {
        #expect(GoNumber.fixed(value, places: 2) == two)
        #expect(GoNumber.fixed(value, places: 6) == six)
    }
}
