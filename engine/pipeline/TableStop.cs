using K2I.Base;

namespace K2I.Pipeline;

/// <summary>An error that stops a table, and no other, for a reason with a name, until a person decides.</summary>
/// <param name="reason">What it is called.</param>
/// <param name="message">What happened, naming topic, partition, offset or table.</param>
/// <param name="record">The record it is about, if it is about one.</param>
/// <param name="kind">What it is to callers that can do something about it themselves.</param>
internal sealed class TableStop(PauseReason reason, string message, RecordPlace? record = null, ErrorKind kind = ErrorKind.Fatal)
    : EngineException(kind, message)
{
    internal PauseReason Reason => reason;

    internal RecordPlace? Record => record;

    /// <summary>Columns that do not go together.</summary>
    internal static TableStop Misfit(string message) => new(PauseReason.IncompatibleSchema, message, kind: ErrorKind.Invalid);
}
