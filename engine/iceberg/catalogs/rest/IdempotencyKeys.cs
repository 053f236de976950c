using System.Security.Cryptography;

using K2I.Base;

namespace K2I.Iceberg;

/// <summary>
/// The keys by which a server knows a request again. Requests with the same bytes get the same key until their outcome is known, so a
/// re-send is never
/// carried out twice. Bounded: of more requests than are kept the oldest is forgotten. Any thread.
/// </summary>
internal sealed class IdempotencyKeys(IClock clock, IRandom random)
{
    internal const int MostOpen = 1_000;

    private readonly Lock gate = new();
    private readonly Dictionary<string, (string Key, long MadeMs)> open = new(StringComparer.Ordinal);

    /// <summary>The name of a request within this table of keys.</summary>
    public static string NameOf(string path, byte[] body) => $"{path} {Convert.ToHexString(SHA256.HashData(body))}";

    public string For(string request, long lifeMs)
    {
        lock (gate)
        {
            // Well before the server forgets it: a key it does not know any more protects nothing.
            if (open.TryGetValue(request, out var known) && clock.MonotonicMs - known.MadeMs < lifeMs / 2) return known.Key;
            if (!open.ContainsKey(request) && open.Count >= MostOpen) open.Remove(open.MinBy(o => o.Value.MadeMs).Key);
            var key = random.NewTimeGuid(clock.UnixMs).ToString();
            open[request] = (key, clock.MonotonicMs);
            return key;
        }
    }

    /// <summary>The request's outcome is known.</summary>
    public void Close(string request)
    {
        lock (gate) open.Remove(request);
    }
}
