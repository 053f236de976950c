using System.Collections.Immutable;
using K2I.Columns;

namespace K2I.Parquet.Tests;

/// <summary>Ways to encode a schema's columns, drawn from a seed among those that their types allow.</summary>
internal static class RandomOptions
{
    /// <param name="options">What stays as it is.</param>
    /// <param name="schema">The file's.</param>
    /// <param name="random">Where the choices come from.</param>
    /// <param name="knows">Leaves out what a reader cannot read.</param>
    internal static ParquetOptions With(ParquetOptions options, Schema schema, Random random, Func<ColumnEncoding, PrimitiveType, bool>? knows = null)
    {
        var encodings = ImmutableDictionary.CreateBuilder<string, ColumnEncoding>();
        var filters = ImmutableHashSet.CreateBuilder<string>();
        foreach (var (path, type) in Leaves(schema.Struct, ""))
        {
            var encoding = (ColumnEncoding)random.Next((int)ColumnEncoding.ByteStreamSplit + 1);
            if (Fits(encoding, type) && knows?.Invoke(encoding, type) != false) encodings[path] = encoding;
            if (random.Next(3) == 0 && type.Kind != TypeKind.Boolean) filters.Add(path);
        }
        return options with { Encodings = encodings.ToImmutable(), BloomFilters = filters.ToImmutable(), DataPageV2 = random.Next(2) == 0, BloomFilterMaxBytes = 1 << random.Next(5, 16) };
    }

    internal static bool Fits(ColumnEncoding encoding, PrimitiveType type)
    {
        var bytes = type.Kind is TypeKind.String or TypeKind.Binary;
        var isFixed = type.Kind is TypeKind.Fixed or TypeKind.Uuid || (type.Kind == TypeKind.Decimal && type.Precision > 18);
        var real = type.Kind is TypeKind.Float or TypeKind.Double;
        return encoding switch
        {
            ColumnEncoding.DeltaBinaryPacked => !bytes && !isFixed && !real && type.Kind != TypeKind.Boolean,
            ColumnEncoding.DeltaLengthByteArray => bytes,
            ColumnEncoding.DeltaByteArray => bytes || isFixed,
            ColumnEncoding.ByteStreamSplit => !bytes && type.Kind != TypeKind.Boolean,
            _ => true,
        };
    }

    internal static IEnumerable<(string Path, PrimitiveType Type)> Leaves(DataType type, string prefix)
    {
        foreach (var field in Schema.ChildrenOf(type))
        {
            var path = prefix.Length == 0 ? field.Name : $"{prefix}.{field.Name}";
            if (field.Type is PrimitiveType primitive) yield return (path, primitive);
            else foreach (var leaf in Leaves(field.Type, path)) yield return leaf;
        }
    }
}
