namespace K2I.Iceberg;

/// <summary>What a manifest entry's snapshot did with its file. The numbers are the format's.</summary>
public enum EntryStatus
{
    Existing = 0,
    Added = 1,
    Deleted = 2,
}
