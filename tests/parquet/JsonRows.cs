using System.Text.Json;

namespace K2I.Parquet.Tests;

/// <summary>Compares rows written as JSON: numbers by value, everything else as it stands.</summary>
internal static class JsonRows
{
    internal static void AssertEqual(IReadOnlyList<string> expected, IReadOnlyList<string> actual, string what)
    {
        Assert.True(expected.Count == actual.Count, $"{what}: {actual.Count} rows instead of {expected.Count}");
        for (var i = 0; i < expected.Count; i++)
        {
            if (expected[i] == actual[i]) continue;
            using var a = JsonDocument.Parse(expected[i], new() { MaxDepth = 512 });
            using var b = JsonDocument.Parse(actual[i], new() { MaxDepth = 512 });
            if (Difference(a.RootElement, b.RootElement, "$") is { } difference) Assert.Fail($"{what}, row {i}: {difference}");
        }
    }

    private static string? Difference(JsonElement expected, JsonElement actual, string path)
    {
        var same = expected.ValueKind == actual.ValueKind;
        if (same && expected.ValueKind == JsonValueKind.Object)
        {
            var left = expected.EnumerateObject().ToList();
            var right = actual.EnumerateObject().ToList();
            if (!left.Select(p => p.Name).SequenceEqual(right.Select(p => p.Name))) return $"{path}: other fields in {actual} than in {expected}";
            return left.Zip(right).Select(p => Difference(p.First.Value, p.Second.Value, $"{path}.{p.First.Name}")).FirstOrDefault(d => d is not null);
        }
        if (same && expected.ValueKind == JsonValueKind.Array)
        {
            if (expected.GetArrayLength() != actual.GetArrayLength()) return $"{path}: {actual} instead of {expected}";
            return expected.EnumerateArray().Zip(actual.EnumerateArray()).Select((p, i) => Difference(p.First, p.Second, $"{path}[{i}]")).FirstOrDefault(d => d is not null);
        }
        same = same && expected.ValueKind switch
        {
            JsonValueKind.Number => SameNumber(expected.GetRawText(), actual.GetRawText()),
            JsonValueKind.String => expected.GetString() == actual.GetString(),
            _ => true,
        };
        return same ? null : $"{path}: {Short(actual)} instead of {Short(expected)}";
    }

    private static bool SameNumber(string a, string b) =>
        a == b || (long.TryParse(a, out var x) && long.TryParse(b, out var y) ? x == y : BitConverter.DoubleToInt64Bits(double.Parse(a)) == BitConverter.DoubleToInt64Bits(double.Parse(b)));

    private static string Short(JsonElement value) => value.GetRawText() is { Length: > 200 } text ? $"{text[..200]}…" : value.GetRawText();
}
