using System.Globalization;

using K2I.Base;
using K2I.Columns;

namespace K2I.Iceberg;

/// <summary>A transform as specs and sort orders name it: <c>identity</c>, <c>bucket[16]</c>, <c>day</c>. Equal by value.</summary>
public sealed record Transform
{
    public static readonly Transform Identity = new(TransformKind.Identity, 0, "identity");
    public static readonly Transform Year = new(TransformKind.Year, 0, "year");
    public static readonly Transform Month = new(TransformKind.Month, 0, "month");
    public static readonly Transform Day = new(TransformKind.Day, 0, "day");
    public static readonly Transform Hour = new(TransformKind.Hour, 0, "hour");
    public static readonly Transform Void = new(TransformKind.Void, 0, "void");

    private readonly string text;

    private Transform(TransformKind kind, int parameter, string text)
    {
        Kind = kind;
        Parameter = parameter;
        this.text = text;
    }

    public TransformKind Kind { get; }

    /// <summary>The number of buckets or the width; 0 for others.</summary>
    public int Parameter { get; }

    public static Transform Bucket(int buckets) => new(TransformKind.Bucket, Positive(buckets), string.Create(CultureInfo.InvariantCulture, $"bucket[{buckets}]"));

    public static Transform Truncate(int width) => new(TransformKind.Truncate, Positive(width), string.Create(CultureInfo.InvariantCulture, $"truncate[{width}]"));

    /// <summary>Reads the name as metadata writes it. A name that is not known becomes <see cref="TransformKind.Unknown"/>.</summary>
    public static Transform Parse(string text)
    {
        var lower = text.Trim().ToLowerInvariant();
        return lower switch
        {
            "identity" => Identity,
            "year" or "years" => Year,
            "month" or "months" => Month,
            "day" or "days" => Day,
            "hour" or "hours" => Hour,
            "void" => Void,
            _ when TryParameter(lower, "bucket[", out var buckets) => Bucket(buckets),
            _ when TryParameter(lower, "truncate[", out var width) => Truncate(width),
            _ => new Transform(TransformKind.Unknown, 0, text),
        };
    }

    /// <summary>True if values of <paramref name="source"/> can be transformed.</summary>
    public bool Accepts(DataType source)
    {
        if (Kind is TransformKind.Void or TransformKind.Unknown) return true;
        if (source is not PrimitiveType type) return false;
        return Kind switch
        {
            TransformKind.Identity => true,
            TransformKind.Bucket => type.Kind is not (TypeKind.Boolean or TypeKind.Float or TypeKind.Double),
            TransformKind.Truncate => type.Kind is TypeKind.Int or TypeKind.Long or TypeKind.Decimal or TypeKind.String or TypeKind.Binary,
            TransformKind.Year or TransformKind.Month or TransformKind.Day => type.Kind == TypeKind.Date || IsTimestamp(type.Kind),
            _ => IsTimestamp(type.Kind),
        };
    }

    /// <summary>The type of the transform's results; null where it is not known.</summary>
    public DataType? ResultType(DataType source) => Kind switch
    {
        TransformKind.Identity or TransformKind.Truncate or TransformKind.Void => source,
        TransformKind.Bucket or TransformKind.Year or TransformKind.Month or TransformKind.Hour => PrimitiveType.Int,
        TransformKind.Day => PrimitiveType.Date,
        _ => null,
    };

    public bool Equals(Transform? other) => other is not null && Kind == other.Kind && Parameter == other.Parameter && (Kind != TransformKind.Unknown || text == other.text);

    public override int GetHashCode() => HashCode.Combine(Kind, Parameter);

    /// <summary>The name as metadata writes it.</summary>
    public override string ToString() => text;

    internal static bool IsTimestamp(TypeKind kind) => kind is TypeKind.Timestamp or TypeKind.TimestampTz or TypeKind.TimestampNs or TypeKind.TimestampTzNs;

    private static bool TryParameter(string text, string start, out int value)
    {
        value = 0;
        return text.StartsWith(start, StringComparison.Ordinal) && text.EndsWith(']')
            && int.TryParse(text.AsSpan(start.Length, text.Length - start.Length - 1).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out value) && value > 0;
    }

    private static int Positive(int value) => value > 0 ? value : throw new EngineException(ErrorKind.Invalid, $"a transform's parameter must be positive, not {value}");
}
