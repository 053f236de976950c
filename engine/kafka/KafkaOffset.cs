using System.Globalization;

namespace K2I.Kafka;

/// <summary>Positions that are not a number.</summary>
public static class KafkaOffset
{
    /// <summary>The first record the partition still holds.</summary>
    public const long Beginning = -2;

    /// <summary>The next record to be produced.</summary>
    public const long End = -1;

    /// <summary>No position: none acked, none found, none chosen yet.</summary>
    public const long None = -1001;

    public static string Format(long offset) => offset switch
    {
        Beginning => "beginning",
        End => "end",
        None => "none",
        _ => offset.ToString(CultureInfo.InvariantCulture),
    };
}
