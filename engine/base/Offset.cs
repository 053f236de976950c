using System.Globalization;
using System.Runtime.CompilerServices;

namespace K2I.Base;

/// <summary>
/// A place in a Kafka partition: the number of a record, or one of the words that stand for a place (<see cref="Beginning"/>,
/// <see cref="End"/>, <see cref="None"/>), which are numbers below 0, as Kafka's clients have them. A next offset is the first that is
/// still to come. The difference of two is a number of offsets, some of which may hold no record.
/// </summary>
public readonly record struct Offset : IComparable<Offset>
{
    private readonly long number;

    public Offset(long number) => this.number = number;

    /// <summary>The first record that the partition still holds.</summary>
    public static Offset Beginning => new(-2);

    /// <summary>The next record to be produced.</summary>
    public static Offset End => new(-1);

    /// <summary>No place: none known, none found, none chosen yet. Below all others.</summary>
    public static Offset None => new(-1001);

    /// <summary>The number, as files and Kafka have it.</summary>
    public long Value => number;

    /// <summary>The number of a record, and no word.</summary>
    public bool IsNumber => number >= 0;

    /// <summary>The offset behind this one.</summary>
    public Offset Next => new(number + 1);

    public static Offset Min(Offset one, Offset other) => one <= other ? one : other;

    public static Offset Max(Offset one, Offset other) => one >= other ? one : other;

    public static bool operator <(Offset left, Offset right) => left.number < right.number;

    public static bool operator >(Offset left, Offset right) => left.number > right.number;

    public static bool operator <=(Offset left, Offset right) => left.number <= right.number;

    public static bool operator >=(Offset left, Offset right) => left.number >= right.number;

    /// <summary>So many offsets further on.</summary>
    public static Offset operator +(Offset from, long offsets) => new(from.number + offsets);

    /// <summary>The offsets between two.</summary>
    public static long operator -(Offset to, Offset from) => to.number - from.number;

    public int CompareTo(Offset other) => number.CompareTo(other.number);

    /// <summary>The decimal number, or the word.</summary>
    public override string ToString() =>
        this == Beginning ? "beginning" : this == End ? "end" : this == None ? "none" : number.ToString(CultureInfo.InvariantCulture);

    /// <summary>What another thread wrote with <see cref="Write"/>, and everything that it had written before.</summary>
    public static Offset Read(ref readonly Offset at) => new(Volatile.Read(in at.number));

    /// <summary>For other threads, after everything written before.</summary>
    public static void Write(ref Offset at, Offset to) => Volatile.Write(ref Unsafe.AsRef(in at.number), to.number);
}
