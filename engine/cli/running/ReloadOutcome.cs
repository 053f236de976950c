using System.Collections.Immutable;
using System.Text.Json;

namespace K2I.Cli.Running;

/// <summary>What became of a reload; also as the JSON object that the process answers <c>k2i reload</c> with.</summary>
/// <param name="Problems">What is wrong with the configuration, a line each; where there is any, nothing was changed.</param>
/// <param name="Added">Tables; so are <paramref name="Changed"/> and <paramref name="Removed"/>.</param>
/// <param name="NeedRestart">Keys that are other than those in force, which stay until a restart: <c>[section] key</c>.</param>
internal sealed record ReloadOutcome(
    ImmutableArray<string> Problems, ImmutableArray<string> Added, ImmutableArray<string> Changed, ImmutableArray<string> Removed,
        ImmutableArray<string> NeedRestart)
{
    public bool Ok => Problems.IsEmpty;

    public static ReloadOutcome Refused(params IEnumerable<string> problems) => new([.. problems], [], [], [], []);

    public void Write(Utf8JsonWriter json)
    {
        json.WriteBoolean("ok", Ok);
        foreach (var (name, values) in new[] { ("problems", Problems), ("added", Added), ("changed", Changed), ("removed", Removed),
            ("need_restart", NeedRestart) })
        {
            json.WriteStartArray(name);
            foreach (var value in values) json.WriteStringValue(value);
            json.WriteEndArray();
        }
    }

    public static ReloadOutcome Read(JsonElement json)
    {
        return new(Texts("problems"), Texts("added"), Texts("changed"), Texts("removed"), Texts("need_restart"));

        ImmutableArray<string> Texts(string name) => [.. json.GetProperty(name).EnumerateArray().Select(v => v.GetString() ?? "")];
    }
}
