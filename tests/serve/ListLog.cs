using K2I.Base;

namespace K2I.Serve.Tests;

internal sealed class ListLog : ILog
{
    private readonly List<string> lines = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (lines) return [.. lines];
        }
    }

    public bool IsOn(LogLevel level) => true;

    public void Write(LogLevel level, string message, ReadOnlySpan<LogField> fields)
    {
        var line = message;
        foreach (var field in fields) line += $" {field.Name}={field.Value}";
        lock (lines) lines.Add(line);
    }
}
