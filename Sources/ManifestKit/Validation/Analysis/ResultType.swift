extension MetricManifest {
    /// What kind of value the provider makes of its answer, where that is always the same.
    ///
    /// The controller checks a condition against the very value: `result >= 0.95` is an error where the result is a
    /// list, even if it has one element.
    var resultType: (type: ExpressionType, name: String)? {
        let numbers = ExpressionType.array(.floats, .float)
        if let settings = provider("prometheus") {
            if settings["rangeQuery"]?.isMapping == true {
                return (numbers, "a Prometheus range query gives a list of numbers")
            }
            guard let query = settings.filled("query")?.text, !query.contains("scalar("),
                query.contains("{") || query.contains("[") || query.contains(" by ") || query.hasPrefix("sum(")
            else { return nil }
            return (numbers, "Prometheus gives a list of numbers, one for each series")
        }
        if provider("graphite") != nil { return (numbers, "Graphite gives a list of numbers") }
        if let settings = provider("datadog"), settings.filled("apiVersion").map({ $0.textEquals("v1") }) ?? true {
            return (.float, "Datadog gives one number")
        }
        return nil
    }
}
