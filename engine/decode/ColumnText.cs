using System.Collections.Immutable;
using System.Text;
using K2I.Base;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>
/// Columns as a person declares them: <c>event_id: string!, amount: decimal(10,2), tags: list&lt;string&gt;, address: struct&lt;city: string&gt;</c>. A <c>!</c> after a
/// type means required, of a list's elements and a map's values too. Names other than letters, digits, <c>_</c>, <c>-</c> and <c>$</c> stand in backticks or double
/// quotes, a quote in them doubled. White space and line ends mean nothing; a comma may end the list.
/// </summary>
public static class ColumnText
{
    /// <summary>The declared fields, ids 0; see <see cref="FieldIds"/>. Throws naming the position and what was expected.</summary>
    public static ImmutableArray<Field> Parse(string text) =>
        TryParse(text, out var fields, out var error)
            ? fields
            : throw new EngineException(ErrorKind.Invalid, error.ToString());

    public static bool TryParse(string text, out ImmutableArray<Field> fields, out ColumnTextError error)
    {
        var parser = new ColumnTextParser(text);
        fields = parser.Columns() ?? [];
        error = parser.Error;
        return error.Message is null;
    }

    /// <summary>The character, counted from 0, at which the last declared column of a full name begins; 0 where there is none.</summary>
    public static int PlaceOf(string text, string path)
    {
        var parser = new ColumnTextParser(text);
        _ = parser.Columns();
        return parser.Places.LastOrDefault(p => p.Path == path).At;
    }

    /// <summary>The text that <see cref="Parse"/> reads back; <paramref name="separator"/> goes between columns.</summary>
    public static string Format(IEnumerable<Field> fields, string separator = ", ") => string.Join(separator, fields.Select(Format));

    public static string Format(DataType type) => type switch
    {
        StructType s => $"struct<{Format(s.Fields)}>",
        ListType l => $"list<{Marked(l.Element)}>",
        MapType m => $"map<{Format(m.Key.Type)}, {Marked(m.Value)}>",
        PrimitiveType { Kind: TypeKind.Decimal } d => $"decimal({d.Precision},{d.Scale})",
        _ => type.ToString()!,
    };

    internal static bool IsBare(char c) => char.IsLetterOrDigit(c) || c is '_' or '-' or '$';

    private static string Format(Field field) => $"{Name(field.Name)}: {Marked(field)}";

    private static string Marked(Field field) => Format(field.Type) + (field.Required ? "!" : "");

    private static string Name(string name)
    {
        if (name.Length > 0 && name.All(IsBare)) return name;
        return new StringBuilder("`").Append(name.Replace("`", "``", StringComparison.Ordinal)).Append('`').ToString();
    }
}
