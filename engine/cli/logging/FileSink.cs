using K2I.Base;

namespace K2I.Cli.Logging;

/// <summary>Lines to a file that is set aside as <c>FILE.1</c>, <c>FILE.2</c>, … when it is full; the oldest goes. A full disk costs lines, not the process.</summary>
internal sealed class FileSink : ILogSink
{
    private readonly string path;
    private readonly long limit;
    private readonly int keep;
    private readonly ILogSink fallback;
    private FileStream? file;
    private bool failing;

    /// <param name="limit">Bytes; a file is never larger, unless one line is.</param>
    /// <param name="fallback">Takes the lines that the file cannot.</param>
    public FileSink(string path, long limit, int keep, ILogSink fallback)
    {
        this.path = Path.GetFullPath(path);
        this.limit = limit;
        this.keep = keep;
        this.fallback = fallback;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(this.path)!);
            file = Open();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new EngineException(ErrorKind.Denied, $"log file {path}: {error.Message}", error);
        }
    }

    public void Write(ReadOnlySpan<byte> line)
    {
        try
        {
            file ??= Open();
            if (file.Length > 0 && file.Length + line.Length > limit) Rotate();
            file.Write(line);
            failing = false;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (!failing) fallback.Write("the log file cannot be written; lines go here until it can\n"u8);
            failing = true;
            fallback.Write(line);
        }
    }

    public void Dispose()
    {
        file?.Dispose();
        fallback.Dispose();
    }

    // Unbuffered: a line is in the file when the call returns, also before a crash.
    private FileStream Open() => new(path, new FileStreamOptions
    {
        Mode = FileMode.Append,
        Access = FileAccess.Write,
        Share = FileShare.Read | FileShare.Delete,
        BufferSize = 0,
    });

    private void Rotate()
    {
        file!.Dispose();
        file = null;
        for (var i = keep - 1; i >= 1; i--)
            if (File.Exists($"{path}.{i}")) File.Move($"{path}.{i}", $"{path}.{i + 1}", overwrite: true);
        if (keep > 0) File.Move(path, $"{path}.1", overwrite: true);
        else File.Delete(path);
        file = Open();
    }
}
