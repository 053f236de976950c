namespace K2I.Cli.Logging;

/// <summary>What a log line looks like.</summary>
internal enum LineFormat
{
    /// <summary><c>2026-01-01T00:00:00.000Z INFO  flushed  table=events rows=10</c></summary>
    Text,

    /// <summary>The same, short and in colours, for a person at a terminal.</summary>
    Colour,

    /// <summary>The same without time, with systemd's priority in front; the journal adds the time.</summary>
    Journal,

    /// <summary>One JSON object.</summary>
    Json,
}
