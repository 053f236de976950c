using System.Runtime.InteropServices;

namespace K2I.Wal;

/// <summary>What stands before each payload; see <see cref="WalFormat"/>.</summary>
[StructLayout(LayoutKind.Explicit, Size = Bytes)]
internal struct FrameHeader
{
    internal const int Bytes = 40;

    [FieldOffset(0)] internal uint Crc;
    [FieldOffset(4)] internal uint PayloadBytes;
    [FieldOffset(8)] internal LogPosition Position;

    /// <summary>Everything below had been synced when the frame was appended.</summary>
    [FieldOffset(16)] internal LogPosition SyncedPosition;

    /// <summary>Everything below was needed no more when the frame was appended.</summary>
    [FieldOffset(24)] internal LogPosition TruncatedPosition;

    [FieldOffset(32)] internal uint Generation;
    [FieldOffset(36)] internal byte Kind;
}
