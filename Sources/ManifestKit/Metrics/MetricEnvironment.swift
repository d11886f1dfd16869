/// The variables of the controller's environment that providers fall back to.
public enum MetricEnvironment {
    /// Their names.
    public static let names = [
        PrometheusProvider.addressVariable, "DD_API_KEY", "DD_APP_KEY", "DD_ADDRESS", "AWS_REGION",
        "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_CLOUDWATCH",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "POD_NAMESPACE",
    ]
}
