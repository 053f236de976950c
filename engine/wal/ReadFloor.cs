namespace K2I.Wal;

/// <summary>
/// Where someone reads what an opening found: files from there on are not reused, whatever is truncated meanwhile. See
/// <c>WriteAheadLog.Found.cs</c>.
/// </summary>
internal sealed class ReadFloor
{
    internal LogPosition At { get; set; }
}
