using System.Collections.Immutable;
using System.Globalization;
using K2I.Base;

namespace K2I.Query;

/// <summary>
/// A question as people write it, in an address or on a command line: read by one hand, whoever takes it. What is null was not said.
/// Whatever cannot be read throws <see cref="QueryFault.BadQuestion"/>.
/// </summary>
public sealed record QuestionText
{
    /// <summary>The names of <see cref="QuerySource"/>, in its order.</summary>
    public static readonly ImmutableArray<string> Sources = ["both", "hot", "cold"];

    public required string Table { get; init; }

    /// <summary>The values of the key's columns.</summary>
    public ImmutableArray<string> Key { get; init; } = [];

    /// <summary>With commas between.</summary>
    public string? Columns { get; init; }

    public string? Where { get; init; }

    /// <summary>As <see cref="OrderBy.Parse"/> reads it.</summary>
    public string? Order { get; init; }

    /// <summary>A whole number.</summary>
    public string? Limit { get; init; }

    public string? AsOf { get; init; }

    /// <summary>As <see cref="OffsetVector.Parse"/> reads it.</summary>
    public string? MinOffsets { get; init; }

    /// <summary>A time with its unit.</summary>
    public string? Wait { get; init; }

    /// <summary>One of <see cref="Sources"/>.</summary>
    public string? Source { get; init; }

    /// <summary>As <see cref="OffsetVector.Parse"/> reads it.</summary>
    public string? From { get; init; }

    public ScanQuestion ToScan() => new()
    {
        Table = Table,
        Columns = ColumnsOf(),
        Where = Where,
        Order = Order is null ? [] : OrderBy.Parse(Order),
        Limit = LimitOf(),
        AsOf = AsOf,
        MinOffsets = OffsetVector.Parse(MinOffsets ?? ""),
        WaitMs = WaitMsOf(),
        Source = SourceOf(),
    };

    public KeyQuestion ToKey() => new()
    {
        Table = Table,
        Key = Key,
        Columns = ColumnsOf(),
        MinOffsets = OffsetVector.Parse(MinOffsets ?? ""),
        WaitMs = WaitMsOf(),
        Source = SourceOf(),
    };

    public FollowQuestion ToFollow() => new()
    {
        Table = Table,
        Columns = ColumnsOf(),
        Where = Where,
        From = From is null ? null : OffsetVector.Parse(From),
    };

    private ImmutableArray<string> ColumnsOf() =>
        [.. (Columns ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)];

    private long? LimitOf()
    {
        if (Limit is null) return null;
        return long.TryParse(Limit, NumberStyles.None, CultureInfo.InvariantCulture, out var rows)
            ? rows
            : throw Bad("a limit is a whole number");
    }

    private int WaitMsOf()
    {
        if (Wait is null) return 0;
        return Units.TryParseMs(Wait, out var ms) && ms <= int.MaxValue ? (int)ms : throw Bad("a wait is a time such as 500ms or 2s");
    }

    private QuerySource SourceOf()
    {
        if (Source is null) return QuerySource.Both;
        return Sources.IndexOf(Source) is >= 0 and var source
            ? (QuerySource)source
            : throw Bad($"a source is one of {string.Join(", ", Sources)}");
    }

    private static QueryException Bad(string message) => new(QueryFault.BadQuestion, message);
}
