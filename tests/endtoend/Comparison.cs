using System.Text.Json;

namespace K2I.EndToEnd.Tests;

/// <summary>Compares every value of the rows read with what was produced. Rows are told apart by a column of unique values.</summary>
internal static class Comparison
{
    private const int MostShown = 5;

    /// <summary>All readers of whole tables see exactly the expected rows.</summary>
    public static void AllReadersSee(string table, JsonElement schema, IReadOnlyCollection<JsonElement> expected, Func<JsonElement, string> identity)
    {
        foreach (var reader in Enum.GetValues<Reader>().Where(r => r != Reader.DuckDbFiles)) ReaderSees(reader, table, schema, expected, identity);
    }

    public static void ReaderSees(Reader reader, string table, JsonElement schema, IReadOnlyCollection<JsonElement> expected, Func<JsonElement, string> identity)
    {
        var wanted = expected.ToDictionary(identity, row => View.As(reader, row, schema));
        var found = Judges.Rows(reader, table);
        var wrong = new List<string>();
        foreach (var row in found)
        {
            if (!wanted.Remove(identity(row), out var want)) wrong.Add($"unexpected or twice: {row}");
            else if (!JsonElement.DeepEquals(want, row)) wrong.Add(Difference(want, row));
        }

        wrong.AddRange(wanted.Values.Select(row => $"missing: {row}"));
        Assert.True(wrong.Count == 0, $"{reader}: {wrong.Count} of {expected.Count} rows\n{string.Join('\n', wrong.Take(MostShown))}");
        Assert.Equal(expected.Count, found.Count);
    }

    private static string Difference(JsonElement want, JsonElement got)
    {
        var names = want.EnumerateObject().Concat(got.EnumerateObject()).Select(p => p.Name).Distinct();
        var parts = from name in names
                    let w = want.TryGetProperty(name, out var x) ? x.GetRawText() : "(absent)"
                    let g = got.TryGetProperty(name, out var y) ? y.GetRawText() : "(absent)"
                    where w != g
                    select $"{name}: expected {w}, read {g}";
        return string.Join("; ", parts);
    }
}
