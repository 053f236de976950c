using K2I.Base;

namespace K2I.Storage;

/// <summary>A file being written under its temporary name.</summary>
internal sealed class LocalWriter : IObjectWriter
{
    private readonly string _path;
    private readonly string _temporary;
    private readonly FileStream _file;
    private bool _done;

    public LocalWriter(string location, string path, string temporary)
    {
        Location = location;
        _path = path;
        _temporary = temporary;
        _file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 64 << 10);
    }

    public string Location { get; }

    public long Length { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Check.That(!_done);
        try
        {
            _file.Write(bytes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw LocalFiles.Map(error, Location);
        }
        Length += bytes.Length;
    }

    public void Complete()
    {
        Check.That(!_done);
        try
        {
            _file.Flush(flushToDisk: true);
            _file.Dispose();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw LocalFiles.Map(error, Location);    // a failed sync is never retried: the writer is disposed, the file written anew
        }
        _done = true;
        LocalStore.Publish(_temporary, _path, Location);
    }

    public void Dispose()
    {
        if (_done) return;
        _done = true;
        try
        {
            _file.Dispose();
        }
        catch (IOException)
        {
            // What could not be written is being thrown away.
        }
        LocalStore.TryRemove(_temporary);
    }
}
