using System.Runtime.InteropServices;

namespace K2I.Wal;

/// <summary>The first bytes of a log file; see <see cref="WalFormat"/>. Written before the file is used, never changed while it is.</summary>
[StructLayout(LayoutKind.Explicit, Size = Bytes)]
internal struct FileHeader
{
    internal const int Bytes = 80;
    internal const int CrcOffset = 76;

    [FieldOffset(0)] internal ulong Magic;
    [FieldOffset(8)] internal uint Version;
    [FieldOffset(12)] internal uint Generation;

    /// <summary>The file's whole length.</summary>
    [FieldOffset(16)] internal long FileBytes;

    [FieldOffset(24)] internal LogPosition StartPosition;

    /// <summary>Where the log ended before this file: the run of valid frames goes on here from exactly there.</summary>
    [FieldOffset(32)] internal LogPosition PreviousEnd;

    /// <summary>Everything below had been synced.</summary>
    [FieldOffset(40)] internal LogPosition SyncedPosition;

    /// <summary>Everything below was needed no more.</summary>
    [FieldOffset(48)] internal LogPosition TruncatedPosition;

    [FieldOffset(56)] internal long CreatedUnixMs;
    [FieldOffset(64)] internal ulong Salt;
    [FieldOffset(72)] internal uint Zero;
    [FieldOffset(CrcOffset)] internal uint Crc;
}
