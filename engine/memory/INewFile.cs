namespace K2I.Memory;

/// <summary>
/// A file being filled with zeros, in steps short enough to do other work between them. It gets its name with the last step; one that fails, is disposed before,
/// or is cut off by a crash leaves no file of that name. One thread.
/// </summary>
public interface INewFile : IDisposable
{
    /// <summary>Writes at most so many more bytes. True once the file is there under its name.</summary>
    bool Advance(int maxBytes);
}
