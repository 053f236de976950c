namespace K2I.Cli.Logging;

/// <summary>Lines to an open stream, such as standard error. A reader that went away is no error.</summary>
internal sealed class StreamSink(Stream stream) : ILogSink
{
    public void Write(ReadOnlySpan<byte> line)
    {
        try
        {
            stream.Write(line);
        }
        catch (IOException)
        {
            // There is nowhere left to report it.
        }
    }

    public void Dispose() => stream.Flush();
}
