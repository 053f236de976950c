using System.Globalization;
using System.Runtime.InteropServices;
using K2I.Base;
using K2I.Memory;

namespace K2I.Wal;

/// <summary>
/// The log on disk, version 2. All numbers little-endian.
/// <code>
/// directory        00000000000000000000.wal 00000000000067108864.wal …      a log file each, named by its start position in decimal
///                  spare                                                    zeros, not in use; *.tmp: unfinished, to be removed
///
/// log file         ┌──────────────┬───────┬───────┬─ … ─┬───────┬─────┬─ … ─┐
///                  │ file header  │ frame │ frame │     │ frame │ pad │     │
///                  └──────────────┴───────┴───────┴─ … ─┴───────┴─────┴─ … ─┘
///                  0              4096                                      FileBytes
///
/// file header      0 Magic  8 Version  12 Generation  16 FileBytes  24 StartPosition  32 PreviousEnd  40 SyncedPosition
///                  48 TruncatedPosition  56 CreatedUnixMs  64 Salt  72 zero  76 Crc                       (80 bytes; zeros up to 4096)
///
/// frame            0 Crc  4 PayloadBytes  8 Position  16 SyncedPosition  24 TruncatedPosition  32 Stream  40 Generation  44 Kind
///                  45 zero  48 payload, zeros up to a multiple of 8
/// </code>
/// <b>Position.</b> A byte's place in the whole log: its file's start position + its offset there. Positions only grow over a log's life; file names, positions of
/// frames and the end of the log never mean two things. A new file starts where the range of the newest one before it ends.
/// <para><b>Generation.</b> 1 for the first opening of a log, one more for each opening after. An opening never appends to a file that it found.</para>
/// <para><b>Stream.</b> Whose frame it is: a number that the caller gives and the log only keeps. Frames of all streams lie in the order in
/// which they were appended.</para>
/// <para><b>Salt.</b> A random number of each file, drawn whenever its header is written. The checksum of a frame starts from it, so bytes that a file held before it was
/// reused are no frames of it, even if someone sent them as a record to be found there.</para>
/// <b>A file header is valid if</b>
/// <list type="number">
/// <item>Magic is <see cref="Magic"/> and Crc the CRC-32C of the 76 bytes before it. One of another Version is refused, not judged:
/// such a log is not opened and not touched, and whoever wants to go on without it moves it away.</item>
/// <item>FileBytes is a multiple of 4096 from <see cref="MinFileBytes"/> to <see cref="MaxFileBytes"/>; StartPosition is a multiple of 8.</item>
/// <item>TruncatedPosition ≤ SyncedPosition ≤ StartPosition, and PreviousEnd ≤ StartPosition.</item>
/// <item>StartPosition is what the file's name says. One whose header names a later start was being reused when the process ended: it is a spare, holding nothing.</item>
/// </list>
/// <b>A frame is valid if</b>
/// <list type="number">
/// <item>Position is the position of its first byte and Generation that of its file. Both wrong: no frame was written here since the file was reused.</item>
/// <item>Its end, 48 + PayloadBytes rounded up to 8, is not beyond the file's.</item>
/// <item>Crc is the CRC-32C, started from that of Salt, of everything after it up to its end, padding included.</item>
/// <item>Kind is 1 to 254, or one of the log's own: <see cref="PadKind"/> (no payload; the rest of the file is unused, the log goes on in the next) or
/// <see cref="ClosedKind"/> (no payload; the log was closed in order, everything before it synced).</item>
/// </list>
/// Fewer than 48 bytes at a file's end are unused.
/// <para><b>The log</b> is the unbroken run of valid frames from the truncated position on: in a file from 4096 until its pad, or until the least PreviousEnd of the valid files
/// after it (what lies behind was given up by a recovery); then in the file whose PreviousEnd is exactly there.</para>
/// <b>What a header of file or frame says about the time it was written</b>: everything below SyncedPosition had been synced; everything below TruncatedPosition is needed no more.
/// So where the run breaks, anything later that is valid and says SyncedPosition &gt; the break shows that synced bytes were lost: damage. Otherwise the bytes after the break were
/// in flight when power failed: a torn tail. Damage in the last group that is followed by nothing cannot be told from a torn tail; a log that was closed in order has no such group.
/// </summary>
internal static class WalFormat
{
    /// <summary>"K2I-WAL" and a line end, which a transfer as text would change.</summary>
    internal const ulong Magic = 0x0A_4C_41_57_2D_49_32_4B;

    internal const uint Version = 2;

    /// <summary>Where frames begin: the header shares no page with them, so appending never rewrites it.</summary>
    internal const int FramesOffset = NativeBuffer.PageBytes;

    internal const int FrameAlignment = 8;

    internal const int MinFileBytes = 2 * NativeBuffer.PageBytes;

    /// <summary>A mapping's offsets are 32 bits; so are PayloadBytes.</summary>
    internal const int MaxFileBytes = 1 << 30;

    internal const byte PadKind = 0;

    internal const byte ClosedKind = 255;

    internal const string FileSuffix = ".wal";

    internal const string SpareName = "spare";

    private const int PositionDigits = 20;

    // Does not compile unless all hold. The header is written by one sector, so that a crash while a file is being reused leaves its old header or its new one.
    internal const byte Consistent =
        FileHeader.Bytes <= IFileSystem.SectorBytes && FileHeader.CrcOffset + sizeof(uint) == FileHeader.Bytes && FileHeader.Bytes < FramesOffset
        && FramesOffset % FrameAlignment == 0 && FrameHeader.Bytes % FrameAlignment == 0
        && MinFileBytes >= FramesOffset + FrameHeader.Bytes && MinFileBytes % NativeBuffer.PageBytes == 0 && MaxFileBytes % NativeBuffer.PageBytes == 0 ? 0 : -1;

    internal static string FileName(LogPosition startPosition) => startPosition.Bytes.ToString("D20", CultureInfo.InvariantCulture) + FileSuffix;

    /// <summary>The start position that a name says; false if it is no name of a log file.</summary>
    internal static bool TryParseName(string name, out LogPosition startPosition)
    {
        long bytes = 0;
        var isName = name.Length == PositionDigits + FileSuffix.Length && name.EndsWith(FileSuffix, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(0, PositionDigits), NumberStyles.None, CultureInfo.InvariantCulture, out bytes);
        startPosition = new(bytes);
        return isName;
    }

    /// <summary>A frame's bytes in the file, for a payload of so many.</summary>
    internal static int FrameBytes(int payloadBytes) => (FrameHeader.Bytes + payloadBytes + FrameAlignment - 1) & -FrameAlignment;

    /// <summary>The payload of a valid frame that ends at <paramref name="end"/> of a file.</summary>
    internal static ReadOnlySpan<byte> Payload(ReadOnlySpan<byte> file, scoped in FrameHeader frame, int end)
    {
        var bytes = (int)frame.PayloadBytes;
        return file.Slice(end - FrameBytes(bytes) + FrameHeader.Bytes, bytes);
    }

    /// <summary>What the checksums of a file's frames start from.</summary>
    internal static uint Seed(ulong salt)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        MemoryMarshal.Write(bytes, in salt);
        return Crc32C.Compute(bytes);
    }

    /// <summary>Fills in the checksum and overwrites the header at the file's start.</summary>
    internal static void WriteFileHeader(IFileWriter file, FileHeader header)
    {
        Span<byte> bytes = stackalloc byte[FileHeader.Bytes];
        MemoryMarshal.Write(bytes, in header);
        header.Crc = Crc32C.Compute(bytes[..FileHeader.CrcOffset]);
        MemoryMarshal.Write(bytes, in header);
        file.Write(0, bytes);
    }

    /// <summary>Judges a file by its header alone; rules 1 to 3 and, by <paramref name="nameStart"/>, 4.</summary>
    internal static FileState ReadFileHeader(ReadOnlySpan<byte> file, LogPosition nameStart, out FileHeader header)
    {
        header = default;
        if (file.Length < FileHeader.Bytes) return FileState.DamagedHeader;
        header = MemoryMarshal.Read<FileHeader>(file);
        if (header.Crc != Crc32C.Compute(file[..FileHeader.CrcOffset])) return header.Magic == Magic ? FileState.DamagedHeader : FileState.Foreign;
        if (header.Magic != Magic) return FileState.Foreign;
        if (header.Version != Version) return FileState.Unsupported;
        var valid = header.FileBytes is >= MinFileBytes and <= MaxFileBytes && header.FileBytes % NativeBuffer.PageBytes == 0
            && header.StartPosition.Bytes >= 0 && header.StartPosition.Bytes % FrameAlignment == 0
            && header.TruncatedPosition.Bytes >= 0 && header.TruncatedPosition <= header.SyncedPosition && header.SyncedPosition <= header.StartPosition
            && header.PreviousEnd.Bytes >= 0 && header.PreviousEnd <= header.StartPosition;
        if (!valid) return FileState.DamagedHeader;
        return header.StartPosition == nameStart ? FileState.Good : FileState.Reused;
    }

    /// <summary>Writes a frame at <paramref name="offset"/>; <paramref name="header"/> has everything but the checksum. The caller has checked that there is room.</summary>
    internal static void WriteFrame(IFileWriter file, int offset, uint seed, FrameHeader header, ReadOnlySpan<byte> payload)
    {
        Span<byte> head = stackalloc byte[FrameHeader.Bytes];
        Span<byte> padding = stackalloc byte[FrameAlignment];
        padding.Clear();
        padding = padding[..(FrameBytes(payload.Length) - FrameHeader.Bytes - payload.Length)];
        MemoryMarshal.Write(head, in header);
        var crc = Crc32C.Append(Crc32C.Append(Crc32C.Append(seed, head[sizeof(uint)..]), payload), padding);
        MemoryMarshal.Write(head, in crc);
        file.Write(offset, head, payload, padding);
    }

    /// <summary>
    /// Judges what lies at <paramref name="offset"/> of a file, of which bytes below <paramref name="limit"/> count. <paramref name="end"/> is the offset after a valid frame.
    /// </summary>
    internal static FrameState ReadFrame(ReadOnlySpan<byte> file, in FileHeader of, uint seed, int offset, int limit, out FrameHeader frame, out int end)
    {
        frame = default;
        end = offset;
        if (limit - offset < FrameHeader.Bytes)
        {
            if (offset != limit && limit != of.FileBytes) return FrameState.Torn;
            end = limit;
            return FrameState.FileEnd;
        }
        var bytes = file[offset..limit];
        frame = MemoryMarshal.Read<FrameHeader>(bytes);
        if (frame.Position != of.StartPosition + offset || frame.Generation != of.Generation)
            return bytes[..FrameHeader.Bytes].ContainsAnyExcept((byte)0) ? FrameState.Stale : FrameState.Blank;
        if (frame.PayloadBytes > (uint)(bytes.Length - FrameHeader.Bytes)) return FrameState.Torn;
        var length = FrameBytes((int)frame.PayloadBytes);
        if (length > bytes.Length || Crc32C.Append(seed, bytes[sizeof(uint)..length]) != frame.Crc) return FrameState.Torn;
        end = offset + length;
        return FrameState.Valid;
    }
}
