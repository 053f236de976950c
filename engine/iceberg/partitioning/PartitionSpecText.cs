using System.Collections.Immutable;
using System.Globalization;

using K2I.Base;
using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>Partition specs as people write them: <c>day(event_time), bucket(16, user_id), truncate(4, name), region</c>; <c>as NAME</c> renames a part.</summary>
public static class PartitionSpecText
{
    /// <summary>Reads a spec for a table that has none yet. Empty text is the unpartitioned spec.</summary>
    public static PartitionSpec Parse(string text, Schema schema) => Parse(text, schema, table: null);

    /// <summary>Reads a spec for an existing table: parts that an earlier spec had keep their field ids.</summary>
    public static PartitionSpec Parse(string text, Schema schema, TableMetadata? table)
    {
        var known = table?.Specs.SelectMany(s => s.Fields).ToList() ?? [];
        var nextId = (table?.LastPartitionId ?? (PartitionSpec.FirstFieldId - 1)) + 1;
        var fields = ImmutableArray.CreateBuilder<PartitionField>();
        foreach (var part in SplitParts(text))
        {
            var (path, transform, name) = ParsePart(part, text);
            var source = Source(path, transform, schema, text);
            if (fields.Any(f => ColumnNames.AreAlike(f.Name, name))) throw Bad(text, $"two parts are named '{name}'");
            if (fields.Any(f => f.SourceId == source.Id && f.Transform == transform)) throw Bad(text, $"'{part}' is there twice");
            var old = known.FirstOrDefault(f => f.SourceId == source.Id && f.Transform == transform);
            fields.Add(new PartitionField(source.Id, old?.FieldId ?? nextId++, name, transform));
        }
        var spec = new PartitionSpec(0, fields.ToImmutable());
        var clash = ColumnNames.Clashes(schema.Struct, spec.ReservedNames(schema)).Find(c => c.Flaw == NameFlaw.Reserved);
        return clash is null ? spec : throw Bad(text, $"{clash}; name that one otherwise with 'as'");
    }

    /// <summary>The names that the parts will have, before there is a schema: no other column may have them.</summary>
    public static IEnumerable<ReservedName> ReservedNames(string text)
    {
        foreach (var part in SplitParts(text))
        {
            var (path, transform, name) = ParsePart(part, text);
            yield return PartitionSpec.Reserved(name, transform, path);
        }
    }

    /// <summary>The columns that the text takes a year, month, day or hour of: they have to be dates or timestamps.</summary>
    public static IEnumerable<string> TimeColumns(string text)
    {
        foreach (var part in SplitParts(text))
        {
            var (path, transform, _) = ParsePart(part, text);
            if (transform.Kind is TransformKind.Year or TransformKind.Month or TransformKind.Day or TransformKind.Hour) yield return path;
        }
    }

    /// <summary>The spec in the form <see cref="Parse(string, Schema)"/> reads.</summary>
    public static string ToText(PartitionSpec spec, Schema schema)
    {
        return string.Join(", ", spec.Fields.Select(field =>
        {
            var path = schema.PathOf(field.SourceId) ?? $"#{field.SourceId}";
            var text = field.Transform.Kind switch
            {
                TransformKind.Identity => path,
                TransformKind.Bucket => string.Create(CultureInfo.InvariantCulture, $"bucket({field.Transform.Parameter}, {path})"),
                TransformKind.Truncate => string.Create(CultureInfo.InvariantCulture, $"truncate({field.Transform.Parameter}, {path})"),
                _ => $"{field.Transform}({path})",
            };
            return field.Name == DefaultName(path, field.Transform) ? text : $"{text} as {field.Name}";
        }));
    }

    private static (string Path, Transform Transform, string Name) ParsePart(string part, string text)
    {
        string? name = null;
        var body = part;
        if (part.LastIndexOf(" as ", StringComparison.OrdinalIgnoreCase) is var at && at > 0) (body, name) = (part[..at].Trim(), part[(at + 4)..].Trim());
        var open = body.IndexOf('(', StringComparison.Ordinal);
        var transform = Transform.Identity;
        var path = body;
        if (open >= 0)
        {
            if (!body.EndsWith(')')) throw Bad(text, $"'{part}' lacks its closing parenthesis");
            var function = body[..open].Trim().ToLowerInvariant();
            var arguments = body[(open + 1)..^1].Split(',', StringSplitOptions.TrimEntries);
            (transform, path) = ParseFunction(function, arguments, part, text);
        }
        if (path.Length == 0) throw Bad(text, $"'{part}' names no column");
        name ??= DefaultName(path, transform);
        return name.Length > 0 ? (path, transform, name) : throw Bad(text, $"'{part}' has an empty name");
    }

    /// <summary>The column a part is made of: it lies below structs only, since a list or map has no one value per row.</summary>
    private static Field Source(string path, Transform transform, Schema schema, string text)
    {
        if (schema.FieldsTo(path) is not [.., var source] way)
            throw Bad(text, $"there is no column '{path}' ({string.Join(", ", schema.Fields.Select(f => f.Name))} are there)");
        if (way.SkipLast(1).Any(f => f.Type is not StructType))
            throw Bad(text, $"column '{path}' lies within a list or map, which cannot be partitioned by");
        if (source.Type is not PrimitiveType) throw Bad(text, $"column '{path}' is a {source.Type}; a partition needs a column without parts");
        if (!transform.Accepts(source.Type)) throw Bad(text, $"{transform.Kind.ToString().ToLowerInvariant()} cannot be taken of '{path}', which is a {source.Type}");
        return source;
    }

    private static (Transform, string Path) ParseFunction(string function, string[] arguments, string part, string text)
    {
        switch (function)
        {
            case "bucket" or "truncate":
                if (arguments.Length != 2) throw Bad(text, $"'{part}' should be {function}(NUMBER, COLUMN)");
                // Either order: bucket(16, id) as SQL engines write it, bucket(id, 16) as some do.
                var (number, column) = int.TryParse(arguments[0], NumberStyles.None, CultureInfo.InvariantCulture, out _) ? (arguments[0], arguments[1]) : (arguments[1], arguments[0]);
                if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var parameter) || parameter < 1)
                    throw Bad(text, $"'{part}' should be {function}(NUMBER, COLUMN), the number above 0");
                return (function == "bucket" ? Transform.Bucket(parameter) : Transform.Truncate(parameter), column);
            case "identity" or "year" or "years" or "month" or "months" or "day" or "days" or "hour" or "hours" or "void":
                if (arguments.Length != 1) throw Bad(text, $"'{part}' should be {function}(COLUMN)");
                return (Transform.Parse(function), arguments[0]);
            default:
                throw Bad(text, $"'{function}' is not a transform (identity, bucket, truncate, year, month, day, hour and void are)");
        }
    }

    /// <summary>Commas outside parentheses divide the parts.</summary>
    private static List<string> SplitParts(string text)
    {
        var parts = new List<string>();
        var (depth, start) = (0, 0);
        for (var at = 0; at <= text.Length; at++)
        {
            if (at < text.Length && text[at] == '(') depth++;
            else if (at < text.Length && text[at] == ')') depth--;
            if (depth < 0 || depth > 1) throw Bad(text, "its parentheses do not match");
            if (at < text.Length && (text[at] != ',' || depth > 0)) continue;
            var part = text[start..at].Trim();
            if (part.Length > 0) parts.Add(part);
            else if (parts.Count > 0 || at < text.Length) throw Bad(text, "a part is empty");
            start = at + 1;
        }
        if (depth != 0) throw Bad(text, "its parentheses do not match");
        return parts;
    }

    private static string DefaultName(string path, Transform transform) => transform.Kind switch
    {
        TransformKind.Identity => path,
        TransformKind.Bucket => path + "_bucket",
        TransformKind.Truncate => path + "_trunc",
        TransformKind.Void => path + "_null",
        _ => $"{path}_{transform}",
    };

    private static EngineException Bad(string text, string why) => new(ErrorKind.Invalid, $"partitioning '{text.Trim()}': {why}");
}
