namespace K2I.Iceberg;

/// <summary>What a manifest lists: data files, or delete files of either kind. The numbers are the format's.</summary>
public enum ManifestContent
{
    Data = 0,
    Deletes = 1,
}
