using System.Collections.Immutable;

using K2I.Base;

namespace K2I.Iceberg;

/// <summary>A table's name within a catalog: namespace levels, then the name. Equal by value.</summary>
public sealed record TableIdent(ImmutableArray<string> Namespace, string Name)
{
    /// <summary>Reads <c>ns.table</c> or <c>a.b.table</c>.</summary>
    public static TableIdent Parse(string text)
    {
        var parts = text.Split('.');
        if (parts.Length < 2 || parts.Any(string.IsNullOrWhiteSpace))
            throw new EngineException(ErrorKind.Invalid, $"'{text}' is not a table name: expected namespace.table");
        return new TableIdent([.. parts[..^1]], parts[^1]);
    }

    public bool Equals(TableIdent? other) => other is not null && Name == other.Name && Namespace.AsSpan().SequenceEqual(other.Namespace.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Name, Namespace.Length);

    public override string ToString() => $"{string.Join('.', Namespace)}.{Name}";
}
