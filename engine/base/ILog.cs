namespace K2I.Base;

/// <summary>Where log lines go. Implementations are safe to call from any thread. Never pass a secret.</summary>
public interface ILog
{
    bool IsOn(LogLevel level);

    void Write(LogLevel level, string message, ReadOnlySpan<LogField> fields);
}
