using K2I.Base;

namespace K2I.Pipeline;

/// <summary>Errors that stop a table for a reason with a name, until a person decides: <see cref="ErrorKind.Fatal"/> for the table, nothing to the others.</summary>
internal static class NamedStop
{
    private const string ReasonKey = "reason", RecordKey = "record";

    /// <summary>A record by its place.</summary>
    internal sealed record Place(string Topic, int Partition, Offset Offset);

    /// <param name="reason">What it is called.</param>
    /// <param name="message">What happened, naming topic, partition, offset or table.</param>
    /// <param name="record">The record it is about, if it is about one.</param>
    /// <param name="kind">What it is to callers that can do something about it themselves.</param>
    internal static EngineException Of(PauseReason reason, string message, Place? record = null, ErrorKind kind = ErrorKind.Fatal)
    {
        var error = new EngineException(kind, message);
        error.Data[ReasonKey] = reason;
        if (record is not null) error.Data[RecordKey] = record;
        return error;
    }

    /// <summary>The reason of an error; where it has no name of its own, the one that its kind stands for.</summary>
    internal static PauseReason? ReasonOf(EngineException error) => error.Data[ReasonKey] is PauseReason reason
        ? reason
        : error.Kind switch
        {
            ErrorKind.Denied => PauseReason.PermissionDenied,
            ErrorKind.Corrupt => PauseReason.DamagedData,
            ErrorKind.Unsupported => PauseReason.Unsupported,
            ErrorKind.Invalid => PauseReason.Refused,
            _ => null,
        };

    /// <summary>Columns that do not go together.</summary>
    internal static EngineException Misfit(string message) => Of(PauseReason.IncompatibleSchema, message, kind: ErrorKind.Invalid);

    internal static Place? RecordOf(EngineException error) => error.Data[RecordKey] as Place;
}
