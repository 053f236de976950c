using System.Text.Json;

namespace K2I.Serve.Tests;

internal sealed class FakeSource : IStatusSource
{
    public bool Alive { get; set; } = true;

    public bool Ready { get; set; } = true;

    public bool Healthy { get; set; } = true;

    public bool Fails { get; set; }

    public int Samples { get; set; } = 1;

    public bool WriteHealth(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteBoolean("healthy", Healthy);
        json.WriteEndObject();
        return Healthy;
    }

    public StatusQuery? Asked { get; private set; }

    public void WriteStatus(Utf8JsonWriter json, StatusQuery query)
    {
        json.WriteStartObject();
        Asked = query;
        if (Fails) throw new InvalidOperationException("fails on purpose");
        json.WriteString("here", "yes");
        json.WriteEndObject();
    }

    public void WriteMetrics(MetricsWriter metrics)
    {
        metrics.Family("k2i_test", MetricType.Gauge, "A test.");
        for (var i = 0; i < Samples; i++) metrics.Sample(7 + i);
    }
}
