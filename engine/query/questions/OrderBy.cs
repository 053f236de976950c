using System.Collections.Immutable;

namespace K2I.Query;

/// <summary>
/// A column that rows are put in order by. Nulls come last either way; NaN is above all numbers, and the zeros are equal.
/// </summary>
public readonly record struct OrderBy(string Column, bool Descending)
{
    /// <summary>
    /// <c>a, b.c desc</c>: columns with commas between, each with <c>asc</c> or <c>desc</c> behind it or neither. Throws
    /// <see cref="QueryFault.BadQuestion"/>.
    /// </summary>
    public static ImmutableArray<OrderBy> Parse(string text)
    {
        var order = ImmutableArray.CreateBuilder<OrderBy>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var words = part.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            var way = words.Length == 2 ? words[1].ToUpperInvariant() : "ASC";
            if (words.Length is 0 or > 2 || way is not ("ASC" or "DESC"))
            {
                throw new QueryException(
                    QueryFault.BadQuestion, $"an order is 'column' or 'column desc', with commas between; not '{part}'");
            }
            order.Add(new(words[0], way == "DESC"));
        }
        return order.ToImmutable();
    }
}
