namespace K2I.Decode;

/// <summary>What a table's section says of its columns; null where it says nothing.</summary>
public sealed record TransformTexts
{
    public string? Rename { get; init; }

    public string? Drop { get; init; }

    public string? Cast { get; init; }

    public string? Flatten { get; init; }

    public string? Mask { get; init; }

    /// <summary>A secret.</summary>
    public string? MaskKey { get; init; }

    /// <summary>Never the key.</summary>
    public override string ToString() => $"rename {Rename}; drop {Drop}; cast {Cast}; flatten {Flatten}; mask {Mask}";
}
