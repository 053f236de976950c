using System.Runtime.InteropServices;

namespace K2I.Wal;

/// <summary>What stands before each payload; see <see cref="WalFormat"/>.</summary>
[StructLayout(LayoutKind.Explicit, Size = Bytes)]
internal struct FrameHeader
{
    internal const int Bytes = 48;

    [FieldOffset(0)] internal uint Crc;
    [FieldOffset(4)] internal uint PayloadBytes;
    [FieldOffset(8)] internal LogPosition Position;

    /// <summary>Everything below had been synced when the frame was appended.</summary>
    [FieldOffset(16)] internal LogPosition SyncedPosition;

    /// <summary>Everything below was needed no more when the frame was appended.</summary>
    [FieldOffset(24)] internal LogPosition TruncatedPosition;

    /// <summary>Whose frame it is, as the caller numbers them; 0 in the log's own.</summary>
    [FieldOffset(32)] internal ulong Stream;

    [FieldOffset(40)] internal uint Generation;
    [FieldOffset(44)] internal byte Kind;
}
