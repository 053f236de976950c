using System.Text.Json;
using K2I.Base;
using K2I.Pipeline;
using K2I.Serve;

namespace K2I.Cli.Running;

/// <summary>What the endpoints show of an engine.</summary>
/// <param name="tableMetrics">Of how many tables there are metrics of their own.</param>
internal sealed class EngineStatusSource(Func<EngineStatus> status, Func<bool> alive, Func<bool> stopping, int tableMetrics = int.MaxValue)
    : IStatusSource
{
    public bool Alive => alive();

    public bool Ready => !stopping() && status().Ready;

    public bool WriteHealth(Utf8JsonWriter json)
    {
        var now = status();
        json.WriteStartObject();
        json.WriteString("status", now.Healthy ? "ok" : "unhealthy");
        json.WriteBoolean("ready", !stopping() && now.Ready);
        json.WriteStartArray("tables");
        foreach (var table in now.Tables)
        {
            json.WriteStartObject();
            json.WriteString("name", table.Name);
            json.WriteString("state", StatusJson.NameOf(table.State));
            json.WriteString("detail", table.Detail);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
        return now.Healthy;
    }

    public void WriteStatus(Utf8JsonWriter json, StatusQuery query) => StatusJson.Write(json, status(), query, stopping(),
        SystemClock.Instance.UnixMs);

    public void WriteMetrics(MetricsWriter metrics) => EngineMetrics.Write(metrics, status(), tableMetrics, SystemClock.Instance.UnixMs);
}
