namespace K2I.Base;

/// <summary>How much a log line matters. <see cref="Error"/> asks for a person, <see cref="Warn"/> may.</summary>
public enum LogLevel
{
    Debug,
    Info,
    Warn,
    Error,
}
