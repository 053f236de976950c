using System.Diagnostics;
using K2I.Base;

namespace K2I.Wal;

/// <summary>The appenders' side: everything here is under one lock, held for a checksum and a copy into the kernel's cache, and waits for no disk.</summary>
public sealed partial class WriteAheadLog
{
    private readonly Lock gate = new();

    // Written under the gate; positions and counts are read by any thread.
    private readonly List<LogFile> rolled = [];
    private LogFile? current;
    private LogFile? next;
    private int at;
    private LogPosition appended;
    private LogPosition truncated;
    private long appends;
    private long appendedBytes;
    private long groupStart;
    private volatile string writeTrouble = "";

    /// <summary>
    /// Appends a payload of one of the kinds 1 to 254, in a stream that the caller numbers. False when there is no room at the moment: the
    /// caller holds back and tries again. It is durable once <see cref="SyncedPosition"/> is beyond <paramref name="position"/>.
    /// </summary>
    public bool TryAppend(byte kind, ulong stream, ReadOnlySpan<byte> payload, out LogPosition position)
    {
        Check.That(kind is not (WalFormat.PadKind or WalFormat.ClosedKind) && payload.Length <= MaxPayloadBytes);
        bool full;
        lock (gate)
        {
            ThrowIfFailed();
            position = default;
            if (!TryMakeRoom(WalFormat.FrameBytes(payload.Length))) return false;
            if (!TryWrite(kind, stream, payload, out position)) return false;
            appends++;
            appendedBytes += payload.Length;
            if (groupStart == 0) groupStart = Stopwatch.GetTimestamp();
            full = appended - synced >= options.GroupBytes;
        }
        KillPoint.Hit("wal.appended");
        work.Set();
        if (full) groupFull.Set();
        return true;
    }

    /// <summary>
    /// Whether a payload of so many bytes should be appended now: there is room, and not too much waits for a sync. Asked before what comes in bulk; what must be said
    /// (a state, an end) is appended without asking.
    /// </summary>
    public bool HasRoom(int payloadBytes)
    {
        lock (gate)
        {
            ThrowIfFailed();
            if (appended - synced >= options.MaxUnsyncedBytes) return false;
            return next is not null || (current is not null && current.Bytes - at >= WalFormat.FrameBytes(payloadBytes));
        }
    }

    /// <summary>Bytes that can be appended now, in this file and the next.</summary>
    public long RoomBytes
    {
        get
        {
            lock (gate) return (current is null ? 0 : current.Bytes - at) + (next is null ? 0 : next.Bytes - WalFormat.FramesOffset);
        }
    }

    private bool TryMakeRoom(int frameBytes) => (current is not null && current.Bytes - at >= frameBytes) || TryRoll();

    /// <summary>Goes on in the next file, if it is there.</summary>
    private bool TryRoll()
    {
        if (next is null) return false;
        if (current is not null)
        {
            if (current.Bytes - at >= FrameHeader.Bytes && !TryWrite(WalFormat.PadKind, 0, default, out _)) return false;
            current.UsedTo = at;
            rolled.Add(current);
        }
        current = next;
        next = null;
        at = WalFormat.FramesOffset;
        KillPoint.Hit("wal.rolled");
        return true;
    }

    private bool AppendClosed()
    {
        lock (gate)
        {
            // No room for it is no harm: the next opening finds a log that was not closed in order.
            if (current is null || current.Bytes - at < FrameHeader.Bytes) return false;
            return TryWrite(WalFormat.ClosedKind, 0, default, out _);
        }
    }

    /// <summary>Writes a frame at the end. False where the file system finds no space for it: the next frame is written over what was.</summary>
    private bool TryWrite(byte kind, ulong stream, ReadOnlySpan<byte> payload, out LogPosition position)
    {
        var file = current!;
        position = file.Start + at;
        var onDisk = synced;
        var header = new FrameHeader
        {
            PayloadBytes = (uint)payload.Length,
            Position = position,
            SyncedPosition = onDisk,
            TruncatedPosition = LogPosition.Min(truncated, onDisk),
            Stream = stream,
            Generation = generation,
            Kind = kind,
        };
        try
        {
            WalFormat.WriteFrame(file.Writer, at, file.Seed, header, payload);
        }
        catch (EngineException error) when (error.Kind == ErrorKind.Full)
        {
            writeTrouble = error.Message;
            return false;
        }
        catch (EngineException error)
        {
            throw Fail(error);
        }
        if (writeTrouble.Length > 0) writeTrouble = "";
        at += WalFormat.FrameBytes(payload.Length);
        LogPosition.Write(ref appended, file.Start + at);
        return true;
    }
}
