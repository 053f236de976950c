using System.Collections.Concurrent;
using K2I.Base;

namespace K2I.Kit;

/// <summary>Keeps every log line as text: level, message, then the fields as name=value. Any thread.</summary>
public sealed class CollectingLog : ILog
{
    public ConcurrentQueue<string> Lines { get; } = new();

    public bool IsOn(LogLevel level) => true;

    public void Write(LogLevel level, string message, ReadOnlySpan<LogField> fields)
    {
        var line = $"{level} {message}";
        foreach (var (name, value) in fields) line += $" {name}={value}";
        Lines.Enqueue(line);
    }
}
