namespace K2I.Base;

/// <summary>A log that keeps nothing, for tests and library use.</summary>
public sealed class NullLog : ILog
{
    public static readonly NullLog Instance = new();

    public bool IsOn(LogLevel level) => false;

    public void Write(LogLevel level, string message, ReadOnlySpan<LogField> fields)
    {
    }
}
