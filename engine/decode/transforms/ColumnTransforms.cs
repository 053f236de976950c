using System.Text;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>
/// What becomes of records' fields on their way to columns: another name, another type, no struct around them, a mask, nothing. Fields
/// are called by their full names in records. Immutable.
/// </summary>
/// <remarks>
/// Columns have the names that come of it everywhere else: in declared columns, partitioning and keys. A field within a flattened struct
/// has the struct's name, an underscore and its own, unless it is renamed.
/// </remarks>
public sealed partial class ColumnTransforms
{
    private const int LeastKeyBytes = 16;

    private readonly Dictionary<string, TransformEntry> renames;
    private readonly Dictionary<string, PrimitiveType> casts;
    private readonly Dictionary<string, MaskKind> masks;
    private readonly Dictionary<string, TransformEntry> flattens;
    private readonly HashSet<string> drops;

    private ColumnTransforms(TransformTexts texts, bool caseSensitive, List<TransformFlaw> flaws)
    {
        IEqualityComparer<string> names = caseSensitive ? StringComparer.Ordinal : NameCase.Ignored;
        (renames, casts, masks, flattens, drops) = (new(names), new(names), new(names), new(names), new(names));
        foreach (var entry in Entries("rename", texts.Rename, "a column's name", flaws)) renames.TryAdd(entry.Path, entry);
        foreach (var entry in Entries("flatten", texts.Flatten, null, flaws)) flattens.TryAdd(entry.Path, entry);
        foreach (var entry in Entries("cast", texts.Cast, "a type", flaws))
            if (TypeOf(entry, flaws) is { } type && casts.TryAdd(entry.Path, type) && flattens.ContainsKey(entry.Path))
                flaws.Add(new("cast", entry.At, $"{entry.Path} is flattened: it has no column of its own"));
        foreach (var entry in Entries("mask", texts.Mask, "hash or null", flaws))
        {
            if (entry.Value is not ("hash" or "null"))
                flaws.Add(new("mask", entry.ValueAt, $"expected hash or null, found '{entry.Value}'"));
            else if (flattens.ContainsKey(entry.Path))
                flaws.Add(new("mask", entry.At, $"{entry.Path} is flattened: it has no column of its own", "mask the fields in it"));
            else if (casts.ContainsKey(entry.Path)) flaws.Add(new("mask", entry.At, $"{entry.Path} is cast, too: a hash is a string"));
            else masks.TryAdd(entry.Path, entry.Value == "hash" ? MaskKind.Hash : MaskKind.Null);
        }
        foreach (var entry in Entries("drop", texts.Drop, null, flaws))
            if (drops.Add(entry.Path) && OtherUseOf(entry.Path) is { } use)
                flaws.Add(new("drop", entry.At, $"{entry.Path} is dropped, and {use} has it, too"));
        foreach (var entry in flattens.Values)
            if (entry.Names.Length > 1 && !flattens.ContainsKey(entry.Parent))
                flaws.Add(new("flatten", entry.At, $"{entry.Path} is in {entry.Parent}, which is not flattened",
                    $"flatten = {entry.Parent}, {entry.Path}"));
        foreach (var same in renames.Values.GroupBy(e => (LevelOf(e), e.Value)).Where(g => g.Count() > 1))
            flaws.Add(new("rename", same.Last().At, $"{same.First().Path} has the name {same.Key.Value} already"));
        MaskKey = Encoding.UTF8.GetBytes(texts.MaskKey ?? "");
        if (masks.ContainsValue(MaskKind.Hash) && MaskKey.Length < LeastKeyBytes)
            flaws.Add(new("mask", 0,
                $"a hash needs mask_key, a secret of {LeastKeyBytes} bytes or more: without one values can be found by trial",
                "mask_key = ${file:/etc/k2i/mask-key}"));
        prefixes = [.. flattens.Values.Select(e => (Prefix: PrefixOf(e), e.Names)).OrderByDescending(p => p.Prefix.Length)];
    }

    private ColumnTransforms(ColumnTransforms other, string dropped)
    {
        (renames, casts, masks, flattens, prefixes, MaskKey) =
            (other.renames, other.casts, other.masks, other.flattens, other.prefixes, other.MaskKey);
        drops = new(other.drops, other.drops.Comparer) { dropped };
    }

    /// <summary>Fields become the columns of their names.</summary>
    public static ColumnTransforms None { get; } = new(new(), true, []);

    public bool IsEmpty => renames.Count + casts.Count + masks.Count + flattens.Count + drops.Count == 0;

    /// <summary>Fields that are passed over, by full name.</summary>
    public IReadOnlyCollection<string> Drops => drops;

    internal byte[] MaskKey { get; }

    /// <summary>Reads the texts; what is wrong is added to <paramref name="flaws"/>, all at once.</summary>
    public static ColumnTransforms Parse(TransformTexts texts, bool caseSensitive, List<TransformFlaw> flaws) =>
        new(texts, caseSensitive, flaws);

    /// <summary>The same, but a field of this name is passed over unless it has a column of another.</summary>
    public ColumnTransforms Without(string name) => renames.ContainsKey(name) || drops.Contains(name) ? this : new(this, name);

    internal bool IsDropped(string path) => drops.Contains(path);

    internal MaskKind? MaskOf(string path) => masks.TryGetValue(path, out var kind) ? kind : null;

    internal bool IsFlattened(string path) => flattens.ContainsKey(path);

    internal bool IsCast(string path) => casts.ContainsKey(path);

    /// <summary>Fields that must not be kept as they are.</summary>
    internal IEnumerable<string> Hidden => masks.Keys.Concat(drops);

    private static List<TransformEntry> Entries(string key, string? text, string? value, List<TransformFlaw> flaws) =>
        text is null ? [] : new TransformParser(key, text, value, flaws).Entries();

    private static PrimitiveType? TypeOf(TransformEntry entry, List<TransformFlaw> flaws)
    {
        const string Before = "a: ";
        if (entry.Value.Length == 0) return null;
        if (!ColumnText.TryParse(Before + entry.Value, out var fields, out var error))
            flaws.Add(new("cast", entry.ValueAt + Math.Max(0, error.Position - Before.Length), error.Message));
        else if (fields is not [{ Type: PrimitiveType type, Required: false }])
            flaws.Add(new("cast", entry.ValueAt, $"expected a type of single values, found '{entry.Value}'"));
        else return type;
        return null;
    }

    private string? OtherUseOf(string path) => renames.ContainsKey(path) ? "rename" : casts.ContainsKey(path) ? "cast"
        : masks.ContainsKey(path) ? "mask" : flattens.ContainsKey(path) ? "flatten" : null;

    /// <summary>The full name of the struct whose column it is; empty for the row.</summary>
    private string LevelOf(TransformEntry entry) => flattens.ContainsKey(entry.Parent) ? "" : entry.Parent;

    /// <summary>What columns of a flattened struct begin with.</summary>
    private string PrefixOf(TransformEntry entry)
    {
        var name = renames.TryGetValue(entry.Path, out var other) ? other.Value
            : (flattens.TryGetValue(entry.Parent, out var outer) ? PrefixOf(outer) : "") + entry.Names[^1];
        return name + "_";
    }
}
