namespace K2I.Storage;

/// <summary>
/// Who says how objects are reached where that is not the same for all: a catalog that hands out keys for each table's files. Any thread;
/// calls block.
/// </summary>
public interface IStorageGrants
{
    /// <summary>
    /// What reaches the object or folder; null: nothing was handed out for it. The same place gets the same grant for as long as it
    /// holds.
    /// </summary>
    IStorageGrant? For(string location);
}
