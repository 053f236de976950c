namespace K2I.Base;

/// <summary>The calls that code makes: <c>log.Info("flushed", ("table", name), ("rows", rows))</c>.</summary>
public static class LogExtensions
{
    public static void Debug(this ILog log, string message, params ReadOnlySpan<LogField> fields) => Write(log, LogLevel.Debug, message, fields);

    public static void Info(this ILog log, string message, params ReadOnlySpan<LogField> fields) => Write(log, LogLevel.Info, message, fields);

    public static void Warn(this ILog log, string message, params ReadOnlySpan<LogField> fields) => Write(log, LogLevel.Warn, message, fields);

    public static void Error(this ILog log, string message, params ReadOnlySpan<LogField> fields) => Write(log, LogLevel.Error, message, fields);

    private static void Write(ILog log, LogLevel level, string message, ReadOnlySpan<LogField> fields)
    {
        if (log.IsOn(level)) log.Write(level, message, fields);
    }
}
