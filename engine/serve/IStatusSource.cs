using System.Text.Json;

namespace K2I.Serve;

/// <summary>What the HTTP endpoints show. Called by the server's threads, several at once; must not block.</summary>
public interface IStatusSource
{
    /// <summary>The process makes progress; false asks a supervisor to start it anew.</summary>
    bool Alive { get; }

    /// <summary>It does its work now; false while it starts, waits or stops.</summary>
    bool Ready { get; }

    /// <summary>Writes one JSON value: what is well and what is not. Returns false where something asks for a person.</summary>
    bool WriteHealth(Utf8JsonWriter json);

    /// <summary>Writes one JSON value: everything there is to know, of the tables that are asked for.</summary>
    void WriteStatus(Utf8JsonWriter json, StatusQuery query);

    void WriteMetrics(MetricsWriter metrics);
}
