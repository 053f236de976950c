using System.Text;
using K2I.Base;
using K2I.Memory;

namespace K2I.Wal.Tests;

/// <summary>Takes frames down, to compare them.</summary>
internal sealed class Frames : IFrameHandler
{
    internal List<(byte Kind, ulong Stream, LogPosition Position, string Payload)> All { get; } = [];

    internal int StopAfter { get; init; } = int.MaxValue;

    internal IEnumerable<string> Payloads => All.Select(f => f.Payload);

    public bool OnFrame(byte kind, ulong stream, LogPosition position, ReadOnlySpan<byte> payload)
    {
        All.Add((kind, stream, position, Encoding.Latin1.GetString(payload)));
        return All.Count < StopAfter;
    }

    internal static readonly WalOptions Small = new() { FileBytes = 16 << 10, GroupMs = 0 };

    internal static WriteAheadLog Open(string directory, WalOptions? options = null, IFileSystem? files = null) =>
        WriteAheadLog.Open(files ?? LocalFileSystem.Instance, directory, options ?? Small, NullLog.Instance, SystemClock.Instance);

    internal static Frames Replay(WriteAheadLog log, LogPosition from = default)
    {
        var frames = new Frames();
        log.Replay(from, frames);
        return frames;
    }

    /// <summary>Appends, making room as the sync worker would.</summary>
    internal static LogPosition Append(WriteAheadLog log, string payload, byte kind = 1, ulong stream = 0)
    {
        LogPosition position;
        while (!log.TryAppend(kind, stream, Encoding.Latin1.GetBytes(payload), out position)) Assert.True(log.SyncStep(0));
        return position;
    }

    internal static void Sync(WriteAheadLog log)
    {
        while (log.SyncedPosition < log.AppendedPosition) log.SyncStep(0);
    }

    /// <summary>Ends without closing in order, as a killed process does: what was written stays in the kernel's cache.</summary>
    internal static void Kill(WriteAheadLog log) => log.Abandon();
}
