using System.Text.Json;

namespace K2I.Crash.Tests;

/// <summary>What catalogs and stores do in a run that is killed.</summary>
internal static class PairFaults
{
    // What the way to a catalog or a store does to some of the requests.
    private static readonly string[] OnTheWay =
    [
        """{"fault":"drop-after","reset":true}""", """{"fault":"drop-before"}""", """{"fault":"cut-request","bytes":9,"reset":true}""",
        """{"fault":"cut","bytes":3}""", """{"fault":"status-after","status":500}""", """{"fault":"status","status":503}""",
        """{"fault":"twice"}""", """{"fault":"delay","seconds":0.2}""",
    ];

    // Every fault that a commit can meet and that ends by itself.
    private static readonly string[] OfCommits =
    [
        """{"do":"status","status":503}""", """{"do":"status","status":500}""", """{"do":"drop"}""",
        """{"do":"apply-status","status":504}""", """{"do":"apply-status","status":500}""",
        """{"do":"apply-drop"}""", """{"do":"apply-cut"}""", """{"do":"late","ms":300}""", """{"do":"delay","ms":400}""",
        """{"do":"apply-delay","ms":400}""", """{"do":"conflict"}""", """{"do":"conflict","with":"property"}""", """{"do":"twice"}""",
        """{"do":"stale","on":"load"}""", """{"do":"status","status":503,"on":"load"}""", """{"do":"drop","on":"load"}""",
        """{"do":"apply-drop","on":"create"}""",
    ];

    /// <summary>A few faults, each on some requests of its kind; what they are.</summary>
    public static string SwitchOn(Pair pair, Random random)
    {
        var told = new List<string>();
        if (pair.Rest is { } rest) told.Add(SwitchOn(rest, random));
        foreach (var (what, proxy) in pair.Proxies)
        {
            var fault = OnTheWay[random.Next(OnTheWay.Length)][..^1];
            proxy.Fail($$"""{{fault}},"probability":{{random.Next(1, 5) * 0.02:F2}},"seed":{{random.Next(1_000_000)}}}""");
            told.Add($"{what}{fault[1..].Replace("\"", "", StringComparison.Ordinal)}");
        }
        return string.Join(' ', told);
    }

    private static string SwitchOn(RestServer server, Random random)
    {
        var faults = Enumerable.Range(0, 1 + random.Next(3)).Select(_ =>
        {
            var fault = OfCommits[random.Next(OfCommits.Length)][..^1];
            return $$"""{{fault}},"times":0,"chance":{{(1 + random.Next(4)) * 0.1:F1}},"seed":{{random.Next(1_000_000)}}}""";
        }).ToArray();
        server.Fail($"[{string.Join(',', faults)}]");
        return string.Join(' ', faults.Select(f => Named(JsonDocument.Parse(f).RootElement)));
    }

    private static string Named(JsonElement fault) =>
        fault.TryGetProperty("on", out var on) ? $"{on}:{fault.GetProperty("do")}" : fault.GetProperty("do").ToString();
}
