using System.Collections.Immutable;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>What a writer's schema has, as columns: ids 0, in the writer's order.</summary>
/// <param name="Fields">At every depth only what a table can hold.</param>
/// <param name="Aliases">By full name: names that the schema says a field had before.</param>
/// <param name="LeftOut">By full name: why a field is no column, for a person; empty where it has no values that could be kept.</param>
public sealed record WrittenColumns(
    ImmutableArray<Field> Fields, ImmutableDictionary<string, ImmutableArray<string>> Aliases, ImmutableDictionary<string, string> LeftOut)
{
    /// <summary>Values are JSON: a string takes any of them.</summary>
    public bool AreJson { get; init; }

    /// <summary>JSON whose fields nothing says.</summary>
    internal static WrittenColumns AnyJson { get; } = new([], ImmutableDictionary<string, ImmutableArray<string>>.Empty,
        ImmutableDictionary<string, string>.Empty) { AreJson = true };

    public static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
