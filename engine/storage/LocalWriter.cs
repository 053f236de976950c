using K2I.Base;

namespace K2I.Storage;

/// <summary>A file being written under its temporary name.</summary>
internal sealed class LocalWriter : IObjectWriter
{
    private readonly string path;
    private readonly string temporary;
    private readonly FileStream file;
    private bool done;

    public LocalWriter(string location, string path, string temporary)
    {
        Location = location;
        this.path = path;
        this.temporary = temporary;
        file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 64 << 10);
    }

    public string Location { get; }

    public long Length { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Check.That(!done);
        try
        {
            file.Write(bytes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw LocalFiles.Map(error, Location);
        }
        Length += bytes.Length;
    }

    public void Complete()
    {
        Check.That(!done);
        try
        {
            file.Flush(flushToDisk: true);
            file.Dispose();
            KillPoint.Hit("store.object-synced");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw LocalFiles.Map(error, Location);    // a failed sync is never retried: the writer is disposed, the file written anew
        }
        done = true;
        LocalStore.Publish(temporary, path, Location);
    }

    public void Dispose()
    {
        if (done) return;
        done = true;
        try
        {
            file.Dispose();
        }
        catch (IOException)
        {
            // What could not be written is being thrown away.
        }
        LocalStore.TryRemove(temporary);
    }
}
