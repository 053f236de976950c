using K2I.Base;

namespace K2I.Cli.Logging;

/// <summary>Lines to a file that is set aside as <c>FILE.1</c>, <c>FILE.2</c>, … when it is full; the oldest goes. A full disk costs lines, not the process.</summary>
internal sealed class FileSink : ILogSink
{
    private readonly string _path;
    private readonly long _limit;
    private readonly int _keep;
    private readonly ILogSink _fallback;
    private FileStream? _file;
    private bool _failing;

    /// <param name="limit">Bytes; a file is never larger, unless one line is.</param>
    /// <param name="fallback">Takes the lines that the file cannot.</param>
    public FileSink(string path, long limit, int keep, ILogSink fallback)
    {
        _path = Path.GetFullPath(path);
        _limit = limit;
        _keep = keep;
        _fallback = fallback;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
            _file = Open();
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
            _file ??= Open();
            if (_file.Length > 0 && _file.Length + line.Length > _limit) Rotate();
            _file.Write(line);
            _failing = false;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            if (!_failing) _fallback.Write("the log file cannot be written; lines go here until it can\n"u8);
            _failing = true;
            _fallback.Write(line);
        }
    }

    public void Dispose()
    {
        _file?.Dispose();
        _fallback.Dispose();
    }

    // Unbuffered: a line is in the file when the call returns, also before a crash.
    private FileStream Open() => new(_path, new FileStreamOptions
    {
        Mode = FileMode.Append,
        Access = FileAccess.Write,
        Share = FileShare.Read | FileShare.Delete,
        BufferSize = 0,
    });

    private void Rotate()
    {
        _file!.Dispose();
        _file = null;
        for (var i = _keep - 1; i >= 1; i--)
            if (File.Exists($"{_path}.{i}")) File.Move($"{_path}.{i}", $"{_path}.{i + 1}", overwrite: true);
        if (_keep > 0) File.Move(_path, $"{_path}.1", overwrite: true);
        else File.Delete(_path);
        _file = Open();
    }
}
