using System.Collections.Immutable;

namespace K2I.Columns;

/// <summary>
/// The one rule for which columns a table may have together: what they are called, and how many there are. Columns come one after another;
/// each is taken as far as it goes with those before it.
/// </summary>
/// <remarks>
/// Readers find a column by its full name: the names on the way to it, joined by dots, of a list's elements <c>element</c>, of a map's
/// parts <c>key</c> and <c>value</c>. Where elements or values are structs, what is inside is known without that word too (<c>l.x</c> for
/// <c>l.element.x</c>), unless another column has that full name. Names may hold dots themselves. Two columns never have the same full
/// name, nor names that differ in case only; no column has a reserved name. Source: Iceberg Java, <c>TypeUtil.indexByName</c> and
/// <c>indexByLowerCaseName</c>.
/// </remarks>
public sealed class ColumnNames(IEnumerable<ReservedName> reserved)
{
    /// <summary>
    /// Columns of a table, counted at every depth: structs, elements, keys and values too. Metadata keeps every schema whole, and names come
    /// from outside.
    /// </summary>
    public const int MaxColumns = 5_000;

    /// <summary>Characters of a full name.</summary>
    public const int MaxNameLength = 1_000;

    private readonly ILookup<string, ReservedName> reservedNames = reserved.ToLookup(r => Folded(r.Name), StringComparer.Ordinal);
    private readonly Dictionary<string, Known> known = new(StringComparer.Ordinal);
    private readonly Stack<(string Folded, Known? Before)> undo = [];
    private int count;

    /// <summary>A name by which a column is found: its full name, or the shorter one.</summary>
    private readonly record struct Known(string Name, string Path)
    {
        internal bool IsFull => Name == Path;
    }

    /// <summary>Every clash among the columns of a schema, in their order.</summary>
    public static List<NameClash> Clashes(StructType columns, IEnumerable<ReservedName> reserved)
    {
        var names = new ColumnNames(reserved);
        List<NameClash> clashes = [];
        foreach (var field in columns.Fields) _ = names.Take(field, clashes);
        return clashes;
    }

    /// <summary>True if engines that do not tell upper from lower case take the two for one.</summary>
    public static bool AreAlike(string name, string other) => Folded(name) == Folded(other);

    /// <summary>
    /// Takes a column of the row: whole, or without what clashes inside it, or not at all (null). What is left out goes to
    /// <paramref name="clashes"/>.
    /// </summary>
    public Field? Take(Field field, List<NameClash> clashes) => Take(field, "", "", isPart: false, clashes);

    /// <summary>
    /// The first clash that columns would bring, each added to the struct that its way from the row leads to (none: the row); null where they
    /// go with all that was taken. Takes none of them.
    /// </summary>
    public NameClash? ClashOf(IEnumerable<(IReadOnlyList<Field> Way, Field Column)> added)
    {
        var (names, columns) = (undo.Count, count);
        List<NameClash> clashes = [];
        foreach (var (way, column) in added)
        {
            var (within, shortWithin) = Within(way);
            _ = Take(column, within, shortWithin, isPart: false, clashes);
        }
        GoBack(names, columns);
        return clashes.FirstOrDefault();
    }

    /// <summary>The full and the shorter name that names of what is in the last column of a way begin with.</summary>
    private static (string Within, string ShortWithin) Within(IReadOnlyList<Field> way)
    {
        var (within, shortWithin) = ("", "");
        DataType? type = null;
        foreach (var field in way)
        {
            var isPart = type is ListType || (type is MapType map && ReferenceEquals(map.Value, field));
            if (!isPart || field.Type is not StructType) shortWithin = Join(shortWithin, field.Name);
            within = Join(within, field.Name);
            type = field.Type;
        }
        return within == shortWithin ? (within, within) : (within, shortWithin);
    }

    private void GoBack(int names, int columns)
    {
        while (undo.Count > names) Forget(undo.Pop());
        count = columns;
    }

    /// <param name="isPart">An element or value: a struct of that kind goes unnamed in the shorter names of what is inside.</param>
    private Field? Take(Field field, string within, string shortWithin, bool isPart, List<NameClash> clashes)
    {
        var path = Join(within, field.Name);
        var shorter = ReferenceEquals(within, shortWithin) ? path : Join(shortWithin, field.Name);
        if (Refusal(field, within, path, shorter) is { } clash)
        {
            clashes.Add(clash);
            return null;
        }
        var (names, columns) = (undo.Count, count++);
        Know(path, path);
        if (!ReferenceEquals(shorter, path) && !known.ContainsKey(Folded(shorter))) Know(shorter, path);
        var type = Take(field.Type, path, isPart && field.Type is StructType ? shortWithin : shorter, clashes);
        if (type is not null) return ReferenceEquals(type, field.Type) ? field : field with { Type = type };
        GoBack(names, columns);
        return null;
    }

    private DataType? Take(DataType type, string path, string shorter, List<NameClash> clashes)
    {
        switch (type)
        {
            case StructType { Fields.IsEmpty: false } s:
                var fields = ImmutableArray.CreateBuilder<Field>(s.Fields.Length);
                foreach (var field in s.Fields)
                    if (Take(field, path, shorter, isPart: false, clashes) is { } taken) fields.Add(taken);
                if (fields.Count == 0) return null;
                var isWhole = fields.Count == s.Fields.Length && fields.Zip(s.Fields).All(p => ReferenceEquals(p.First, p.Second));
                return isWhole ? type : new StructType(fields.ToImmutable());
            case ListType l:
                if (Take(l.Element, path, shorter, isPart: true, clashes) is not { } element) return null;
                return ReferenceEquals(element, l.Element) ? type : new ListType(element);
            case MapType m:
                if (Take(m.Key, path, shorter, isPart: false, clashes) is not { } key) return null;
                if (Take(m.Value, path, shorter, isPart: true, clashes) is not { } value) return null;
                return ReferenceEquals(key, m.Key) && ReferenceEquals(value, m.Value) ? type : new MapType(key, value);
            default:
                return type;
        }
    }

    private NameClash? Refusal(Field field, string within, string path, string shorter)
    {
        if (field.Name.Length == 0) return new(NameFlaw.Empty, within, within, "");
        if (path.Length > MaxNameLength) return new(NameFlaw.TooLong, path[..MaxNameLength], path[..MaxNameLength], "");
        if (count == MaxColumns) return new(NameFlaw.TooMany, path, path, "");
        foreach (var name in ReferenceEquals(shorter, path) ? (ReadOnlySpan<string>)[path] : [path, shorter])
        {
            var folded = Folded(name);
            foreach (var taken in reservedNames[folded])
                if (taken.Except != path) return new(NameFlaw.Reserved, path, name, taken.By);
            if (!known.TryGetValue(folded, out var other)) continue;
            if (other.Name != name) return new(NameFlaw.CaseOnly, path, name, other.Path);
            if (other.IsFull && ReferenceEquals(name, path)) return new(NameFlaw.Taken, path, name, other.Path);
        }
        return null;
    }

    private void Know(string name, string path)
    {
        var folded = Folded(name);
        undo.Push((folded, known.TryGetValue(folded, out var before) ? before : null));
        known[folded] = new(name, path);
    }

    private void Forget((string Folded, Known? Before) entry)
    {
        if (entry.Before is { } before) known[entry.Folded] = before;
        else known.Remove(entry.Folded);
    }

    /// <summary>
    /// One text for all that engines take for one name: Iceberg Java and Trino compare lower case of the root locale, Spark by
    /// <c>equalsIgnoreCase</c>, which is lower case of upper case letter by letter. By either of them dotted and dotless i are an i and the
    /// long s is an s, which .NET's casing leaves alone.
    /// </summary>
    private static string Folded(string name)
    {
        var folded = name.ToUpperInvariant().ToLowerInvariant();
        if (System.Text.Ascii.IsValid(folded)) return folded;
        return folded.Replace('İ', 'i').Replace('ı', 'i').Replace('ſ', 's').Replace("i\u0307", "i", StringComparison.Ordinal);
    }

    private static string Join(string within, string name) => within.Length == 0 ? name : $"{within}.{name}";
}
