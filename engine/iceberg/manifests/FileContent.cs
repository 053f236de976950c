namespace K2I.Iceberg;

/// <summary>What a file of a manifest holds. The numbers are the format's.</summary>
public enum FileContent
{
    Data = 0,
    PositionDeletes = 1,
    EqualityDeletes = 2,
}
