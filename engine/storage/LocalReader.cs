using K2I.Base;

using Microsoft.Win32.SafeHandles;

namespace K2I.Storage;

/// <summary>A file open for positioned reads.</summary>
internal sealed class LocalReader : IObjectReader
{
    private readonly SafeFileHandle handle;

    public LocalReader(string location, string path)
    {
        Location = location;
        handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Length = RandomAccess.GetLength(handle);
    }

    public string Location { get; }

    public long Length { get; }

    public void ReadAt(long offset, Span<byte> into)
    {
        if (offset < 0 || offset > Length - into.Length)
            throw new EngineException(ErrorKind.Corrupt, $"{Location} has {Length} bytes; bytes {offset} to {offset + into.Length} were asked for");
        try
        {
            while (!into.IsEmpty)
            {
                var read = RandomAccess.Read(handle, into, offset);
                if (read == 0) throw new EngineException(ErrorKind.Corrupt, $"{Location} ends at byte {offset}, before its length of {Length}");
                into = into[read..];
                offset += read;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw LocalFiles.Map(error, Location);
        }
    }

    public void Dispose() => handle.Dispose();
}
