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

    public static bool CanAccept(PauseReason reason) =>
        reason is PauseReason.TopicRecreated or PauseReason.TableReplaced or PauseReason.TableMissing or PauseReason.OffsetOutOfRange or PauseReason.BadRecord;
}
