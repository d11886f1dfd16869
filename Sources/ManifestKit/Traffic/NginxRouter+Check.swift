extension NginxRouter {
    public static func check(_ settings: YAMLNode, _ findings: inout Findings) {
        RouterSettings.checkOneOrMany("stableIngress", "stableIngresses", "Ingress", settings, &findings)
    }
}
