namespace K2I.Cli.Logging;

/// <summary>Takes finished log lines, one call a line, one at a time.</summary>
internal interface ILogSink : IDisposable
{
    void Write(ReadOnlySpan<byte> line);
}
