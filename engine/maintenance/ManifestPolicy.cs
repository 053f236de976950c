namespace K2I.Maintenance;

/// <summary>When manifests are rewritten.</summary>
public sealed record ManifestPolicy
{
    /// <summary>Small manifests of one kind and spec that may be there; commits merge them too, at Iceberg's hundred.</summary>
    public int MostSmall { get; init; } = 50;

    /// <summary>So large a part of all pairs of manifests may overlap in the first partition field.</summary>
    public double MostOverlap { get; init; } = 0.5;
}
