using System.Collections.Immutable;

namespace K2I.Columns;

/// <summary>Fields in order, their names distinct.</summary>
public sealed record StructType(ImmutableArray<Field> Fields) : DataType(TypeKind.Struct)
{
    public Field? Find(string name)
    {
        foreach (var field in Fields)
            if (field.Name == name) return field;
        return null;
    }

    public bool Equals(StructType? other) => other is not null && Fields.AsSpan().SequenceEqual(other.Fields.AsSpan());

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var field in Fields) hash.Add(field);
        return hash.ToHashCode();
    }

    public override string ToString() => $"struct<{string.Join(", ", Fields.Select(f => $"{f.Name}: {f.Type}"))}>";
}
