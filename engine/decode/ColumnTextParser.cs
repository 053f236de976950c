using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>One pass over a column declaration; the first error ends it.</summary>
internal sealed class ColumnTextParser(string text)
{
    private const int MaxDepth = 64;

    private static readonly string[] TypeNames =
    [
        "boolean", "int", "long", "float", "double", "decimal(10,2)", "date", "time", "timestamp", "timestamptz", "timestamp_ns", "timestamptz_ns",
        "string", "uuid", "fixed[16]", "binary", "variant", "struct<name: type>", "list<type>", "map<string, type>",
    ];

    /// <summary>Names that other systems use for the same.</summary>
    private static readonly (string Other, string Ours)[] Synonyms =
    [
        ("bool", "boolean"), ("integer", "int"), ("int32", "int"), ("smallint", "int"), ("int64", "long"), ("bigint", "long"), ("float64", "double"),
        ("float32", "float"), ("real", "float"), ("number", "double"), ("numeric", "decimal(10,2)"), ("text", "string"), ("varchar", "string"), ("char", "string"),
        ("bytes", "binary"), ("blob", "binary"), ("datetime", "timestamp"), ("timestamp_tz", "timestamptz"), ("timestampntz", "timestamp"), ("array", "list<type>"),
        ("object", "struct<name: type>"), ("record", "struct<name: type>"), ("row", "struct<name: type>"), ("guid", "uuid"), ("dictionary", "map<string, type>"), ("json", "variant"), ("any", "variant"),
    ];

    private readonly List<(string Path, int At)> places = [];
    private int at;
    private int depth;

    internal ColumnTextError Error { get; private set; }

    /// <summary>Full names in the order of the text, and where each begins.</summary>
    internal IReadOnlyList<(string Path, int At)> Places => places;

    /// <summary>All of the text; null once there is an error.</summary>
    internal ImmutableArray<Field>? Columns()
    {
        var fields = Fields('\0', "");
        if (fields is { Length: 0 }) return Fail<ImmutableArray<Field>?>(0, "no column is declared; write name: type");
        return fields;
    }

    private ImmutableArray<Field>? Fields(char close, string within)
    {
        var fields = ImmutableArray.CreateBuilder<Field>();
        while (true)
        {
            if (Peek() == close) break;
            var nameAt = at;
            if (Name() is not { } name) return null;
            var path = within + name;
            places.Add((path, nameAt));
            if (!Expect(':', $"a colon and the type of {name}")) return null;
            if (Type(path) is not { } type) return null;
            fields.Add(new Field(0, name, type, Take('!')));
            if (!Take(',') && Peek() != close)
                return Fail<ImmutableArray<Field>?>(at, close == '\0' ? "a comma and the next column expected" : $"a comma or {close} expected");
        }
        return fields.ToImmutable();
    }

    private string? Name()
    {
        var quote = Peek();
        if (quote is not '`' and not '"')
        {
            var start = at;
            while (at < text.Length && ColumnText.IsBare(text[at])) at++;
            return at > start ? text[start..at] : Fail<string>(at, "a column name expected; quote names with other characters in backticks");
        }
        var opened = at++;
        var name = new StringBuilder();
        for (; at < text.Length; at++)
        {
            if (text[at] != quote) name.Append(text[at]);
            else if (at + 1 < text.Length && text[at + 1] == quote) name.Append(text[at++]);
            else break;
        }
        if (at == text.Length) return Fail<string>(opened, "a quoted name is not ended");
        at++;
        return name.Length > 0 ? name.ToString() : Fail<string>(opened, "a column name is empty");
    }

    private DataType? Type(string path)
    {
        Peek();
        var start = at;
        while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_')) at++;
        var word = text[start..at].ToLowerInvariant();
        if (++depth > MaxDepth) return Fail<DataType>(start, "nested too deeply");
        var type = word switch
        {
            "" => Fail<DataType>(start, "a type expected"),
            "decimal" => Decimal(start),
            "fixed" => Fixed(start),
            "struct" => Struct(start, path),
            "list" => List(path),
            "map" => Map(path),
            "variant" => VariantType.Instance,
            _ => PrimitiveType.TryParse(word, out var primitive) ? primitive : Fail<DataType>(start, $"unknown type {word}{Nearest(word)}"),
        };
        depth--;
        return type;
    }

    private PrimitiveType? Decimal(int start)
    {
        if (!Expect('(', "(precision,scale) of the decimal") || !Number(out var precision) || !Expect(',', "a comma and the scale") || !Number(out var scale)
            || !Expect(')', ") after the scale")) return null;
        return precision is >= 1 and <= PrimitiveType.MaxPrecision && scale <= precision
            ? PrimitiveType.Decimal(precision, scale)
            : Fail<PrimitiveType>(start, $"a decimal has 1 to {PrimitiveType.MaxPrecision} digits, and no more of them after the point");
    }

    private PrimitiveType? Fixed(int start)
    {
        if (!Expect('[', "[bytes] of the fixed type") || !Number(out var length) || !Expect(']', "] after the length")) return null;
        return length >= 1 ? PrimitiveType.Fixed(length) : Fail<PrimitiveType>(start, "a fixed type has at least one byte");
    }

    private StructType? Struct(int start, string path)
    {
        if (!Expect('<', "< and the struct's fields") || Fields('>', path + ".") is not { } fields) return null;
        if (!Expect('>', "> after the struct's fields")) return null;
        return fields.Length > 0 ? new StructType(fields) : Fail<StructType>(start, "a struct needs a field");
    }

    private ListType? List(string path)
    {
        if (!Expect('<', "< and the type of the list's elements") || Type(path + ".element") is not { } element) return null;
        var list = ListType.Of(0, element, Take('!'));
        return Expect('>', "> after the element type") ? list : null;
    }

    private MapType? Map(string path)
    {
        if (!Expect('<', "< and the types of the map's keys and values")) return null;
        Peek();
        var keyAt = at;
        if (Type(path + ".key") is not { } key) return null;
        if (key.IsNested) return Fail<MapType>(keyAt, "a map's keys are of a primitive type");
        Take('!');
        if (!Expect(',', "a comma and the type of the map's values") || Type(path + ".value") is not { } value) return null;
        var map = MapType.Of(0, key, 0, value, Take('!'));
        return Expect('>', "> after the value type") ? map : null;
    }

    private bool Number(out int number)
    {
        Peek();
        var start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        if (int.TryParse(text.AsSpan(start, at - start), NumberStyles.None, CultureInfo.InvariantCulture, out number)) return true;
        return Fail<object>(start, "a number expected") is not null;
    }

    /// <summary>The next character that is not white space, not taken; zero at the end.</summary>
    private char Peek()
    {
        while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
        return at < text.Length ? text[at] : '\0';
    }

    private bool Take(char c)
    {
        if (Peek() != c || at == text.Length) return false;
        at++;
        return true;
    }

    private bool Expect(char c, string what) => Take(c) || Fail<object>(at, what + " expected") is not null;

    private T? Fail<T>(int position, string message)
    {
        if (Error.Message is null) Error = new(position, message);
        return default;
    }

    private static string Nearest(string word)
    {
        foreach (var (other, ours) in Synonyms)
            if (other == word) return $"; did you mean {ours}?";
        var nearest = TypeNames.MinBy(n => Distance(word, Word(n)))!;
        return Distance(word, Word(nearest)) <= Math.Max(1, word.Length / 3) ? $"; did you mean {nearest}?" : $"; types are {string.Join(", ", TypeNames)}";
    }

    private static string Word(string type) => type.Split('(', '[', '<')[0];

    /// <summary>Insertions, deletions and replacements between two words (Levenshtein).</summary>
    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(above, row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }
        return row[b.Length];
    }
}
