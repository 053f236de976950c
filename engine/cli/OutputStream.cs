using K2I.Base;

namespace K2I.Cli;

/// <summary>
/// Standard output as bytes, for what may run until nobody reads any more: then it throws IOException, where the runtime's own stream goes
/// on in silence. Any other error is an EngineException.
/// </summary>
internal sealed class OutputStream : WriteOnlyStream
{
    private const int StandardOutput = 1;

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
}
