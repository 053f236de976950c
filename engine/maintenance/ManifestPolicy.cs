namespace K2I.Maintenance;

/// <summary>When manifests are rewritten.</summary>
public sealed record ManifestPolicy;
