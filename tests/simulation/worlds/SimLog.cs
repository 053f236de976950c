using K2I.Base;

namespace K2I.Simulation.Tests;

/// <summary>Log lines of a host go into the trace.</summary>
public sealed class SimLog(Scheduler scheduler, string host) : ILog
{
    public bool IsOn(LogLevel level) => level >= LogLevel.Info;

    public void Write(LogLevel level, string message, ReadOnlySpan<LogField> fields)
    {
        // What a killed process has to say on its way out is nothing that happened.
        if (!IsOn(level) || scheduler.CurrentProcess.Dead) return;
        var text = $"    {level} {message}";
        foreach (var field in fields) text += $" {field.Name}={field.Value}";
        var stack = text.IndexOf("\n   at ", StringComparison.Ordinal);
        scheduler.Trace.Add(scheduler.NowMs, host, stack < 0 ? text : text[..stack]);
    }
}
