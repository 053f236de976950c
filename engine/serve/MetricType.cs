namespace K2I.Serve;

/// <summary>The kind of a metric in the Prometheus text format.</summary>
public enum MetricType
{
    /// <summary>Only grows, from the start of the process; the name ends in <c>_total</c>.</summary>
    Counter,
    Gauge,
}
