namespace K2I.Iceberg;

/// <summary>What a table shows of a commit that was sent on an earlier state of it.</summary>
internal enum CommitFate
{
    /// <summary>Its snapshot is in the table.</summary>
    Landed,

    /// <summary>Its snapshot is not, and cannot come any more.</summary>
    Never,

    /// <summary>The branch is where it was: the commit may still land.</summary>
    Open,

    /// <summary>The branch moved and its history does not reach back: the snapshot may have landed and expired.</summary>
    Hidden,
}
