namespace K2I.Iceberg;

/// <summary>What tells files of a table apart: the location, and for a deletion vector also its place in the file, which others share.</summary>
internal readonly record struct FileKey(string Path, long? Offset, long? Bytes)
{
    public static FileKey Of(DataFile file) => file.IsDeletionVector ? new(file.FilePath, file.ContentOffset, file.ContentSizeBytes) : new(file.FilePath, null, null);

    public override string ToString() => Offset is null ? Path : $"{Path} at {Offset}";
}
