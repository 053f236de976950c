using System.Text.Json;

namespace K2I.Crash.Tests;

/// <summary>What one table of a batch must hold of the records of its topic, each a function of the record's number.</summary>
/// <param name="Name">As it is called in its namespace.</param>
/// <param name="IsRow">Whether a record is a row; else it is a dead letter.</param>
/// <param name="Difference">What is wrong with a row; null: nothing.</param>
/// <param name="LettersInTable">Whether dead letters are in a table beside it, and not in a topic.</param>
internal sealed record AuditedTable(
    string Name, string Topic, Func<int, bool> IsRow, Func<JsonElement, int, string?> Difference, bool LettersInTable = true)
{
    public string LettersName => $"{Name}_dead_letters";

    /// <summary>Columns of a record's JSON, with those that came later where the table takes them.</summary>
    public static AuditedTable OfJson(string name, string topic, bool evolves) =>
        new(name, topic, Load.IsRow, (row, id) => Columns(row, id) ?? (evolves ? Fields(row, id) : null));

    /// <summary>The value as one column.</summary>
    public static AuditedTable OfValues(string name, string topic, Func<int, bool> isRow, bool lettersInTable) =>
        new(name, topic, isRow, Value, lettersInTable);

    private static string? Value(JsonElement row, int id) =>
        row.GetProperty("value") is var value && value.GetString() == Load.ValueOf(id) ? null : $"value is {value}";

    private static string? Columns(JsonElement row, int id)
    {
        if (row.GetProperty("id").GetInt64() != id) return $"id is {row.GetProperty("id")}, not {id}";
        if (row.GetProperty("text").GetString() != Load.TextOf(id)) return $"text is {row.GetProperty("text")}";
        var amount = row.GetProperty("amount");
        return amount.GetDouble() == Load.AmountOf(id) ? null : FormattableString.Invariant($"amount is {amount}, not {Load.AmountOf(id)}");
    }

    private static string? Fields(JsonElement row, int id)
    {
        var field = Load.FieldOf(id);
        foreach (var column in row.EnumerateObject().Where(c => c.Name.StartsWith("extra_", StringComparison.Ordinal)))
        {
            var isOther = column.Value.ValueKind == JsonValueKind.Null
                ? column.Name == field?.Name
                : column.Name != field?.Name || column.Value.GetInt64() != field?.Value;
            if (isOther) return $"{column.Name} is {column.Value}";
        }
        return field is { } wanted && !row.TryGetProperty(wanted.Name, out _) ? $"there is no {wanted.Name}" : null;
    }
}
