using K2I.Base;

namespace K2I.Cli;

/// <summary>
/// Standard output as bytes, for what may run until nobody reads any more: then it throws IOException, where the runtime's own stream goes
/// on in silence. Any other error is an EngineException.
/// </summary>
internal sealed class OutputStream : Stream
{
    private const int StandardOutput = 1;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            var (written, error) = Posix.Write(StandardOutput, buffer);
            if (error == Posix.BrokenPipe) throw new IOException("nobody reads");
            if (error != 0) throw new EngineException(ErrorKind.Unavailable, $"cannot write: {Posix.MessageOf(error)}");
            buffer = buffer[written..];
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
