using System.Collections.Concurrent;
using K2I.Base;

namespace K2I.Pipeline.Tests;

/// <summary>Keeps log lines as text.</summary>
public sealed class CollectingLog : ILog
{
    public ConcurrentQueue<string> Lines { get; } = new();

    public bool IsOn(LogLevel level) => true;

    public void Write(LogLevel level, string message, ReadOnlySpan<LogField> fields) =>
        Lines.Enqueue($"{level} {message} {string.Join(' ', fields.ToArray().Select(f => $"{f.Name}={f.Value}"))}");
}
