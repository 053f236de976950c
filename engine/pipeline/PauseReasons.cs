using K2I.Base;

namespace K2I.Pipeline;

/// <summary>The names of pause reasons, as they stand in status, metrics, logs and after <c>--accept</c>.</summary>
public static class PauseReasons
{
    private static readonly (PauseReason Reason, string Name)[] All =
    [
        (PauseReason.TopicRecreated, "topic-recreated"),
        (PauseReason.TableReplaced, "table-replaced"),
        (PauseReason.TableMissing, "table-missing"),
        (PauseReason.OffsetOutOfRange, "offset-out-of-range"),
        (PauseReason.IncompatibleSchema, "incompatible-schema"),
        (PauseReason.Unsupported, "unsupported"),
        (PauseReason.Refused, "refused"),
        (PauseReason.PermissionDenied, "permission-denied"),
        (PauseReason.BadRecord, "bad-record"),
        (PauseReason.DamagedData, "damaged-data"),
    ];

    /// <summary>Those where something can be accepted.</summary>
    public static IEnumerable<string> Acceptable => All.Where(r => CanAccept(r.Reason)).Select(r => r.Name);

    public static string NameOf(PauseReason reason) => All.First(r => r.Reason == reason).Name;

    public static bool TryParse(string? name, out PauseReason reason)
    {
        var at = Array.FindIndex(All, r => r.Name == name);
        reason = at < 0 ? default : All[at].Reason;
        return at >= 0;
    }

    /// <summary>Why an error pauses a table; null for one that passes by itself, or that has to end the process.</summary>
    internal static PauseReason? Of(EngineException error) => error switch
    {
        TableStop stop => stop.Reason,
        { Kind: ErrorKind.Denied } => PauseReason.PermissionDenied,
        { Kind: ErrorKind.Corrupt } => PauseReason.DamagedData,
        { Kind: ErrorKind.Unsupported } => PauseReason.Unsupported,
        { Kind: ErrorKind.Invalid } => PauseReason.Refused,
        _ => null,
    };

    public static bool CanAccept(PauseReason reason) =>
        reason is PauseReason.TopicRecreated or PauseReason.TableReplaced or PauseReason.TableMissing or PauseReason.OffsetOutOfRange or PauseReason.BadRecord;
}
