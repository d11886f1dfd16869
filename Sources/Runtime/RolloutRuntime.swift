/// What waits or can fail: clusters, clocks, metric queries. The offline commands need none of it.
public enum RolloutRuntime {}
