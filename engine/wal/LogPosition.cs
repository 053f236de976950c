using System.Globalization;
using System.Runtime.CompilerServices;

namespace K2I.Wal;

/// <summary>
/// A place in a log: bytes from the beginning of its first file, over all files that there ever were. Positions only grow over a log's life. The difference of two is a
/// number of bytes.
/// </summary>
public readonly record struct LogPosition : IComparable<LogPosition>
{
    private readonly long bytes;

    public LogPosition(long bytes) => this.bytes = bytes;

    /// <summary>Bytes from the log's beginning, as files and messages have it.</summary>
    public long Bytes => bytes;

    public static LogPosition Min(LogPosition one, LogPosition other) => one <= other ? one : other;

    public static LogPosition Max(LogPosition one, LogPosition other) => one >= other ? one : other;

    public static bool operator <(LogPosition left, LogPosition right) => left.bytes < right.bytes;

    public static bool operator >(LogPosition left, LogPosition right) => left.bytes > right.bytes;

    public static bool operator <=(LogPosition left, LogPosition right) => left.bytes <= right.bytes;

    public static bool operator >=(LogPosition left, LogPosition right) => left.bytes >= right.bytes;

    /// <summary>So many bytes further on.</summary>
    public static LogPosition operator +(LogPosition from, long bytes) => new(from.bytes + bytes);

    /// <summary>The bytes between two.</summary>
    public static long operator -(LogPosition to, LogPosition from) => to.bytes - from.bytes;

    public int CompareTo(LogPosition other) => bytes.CompareTo(other.bytes);

    public override string ToString() => bytes.ToString(CultureInfo.InvariantCulture);

    /// <summary>What another thread wrote with <see cref="Write"/>, and everything that it had written before.</summary>
    internal static LogPosition Read(ref readonly LogPosition at) => new(Volatile.Read(in at.bytes));

    /// <summary>For other threads, after everything written before.</summary>
    internal static void Write(ref LogPosition at, LogPosition to) => Volatile.Write(ref Unsafe.AsRef(in at.bytes), to.bytes);
}
