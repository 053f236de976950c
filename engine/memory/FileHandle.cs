using System.Runtime.InteropServices;
using K2I.Base;

namespace K2I.Memory;

/// <summary>Owner of an open file of the system; says what its errors mean. One thread, and another that syncs.</summary>
internal sealed unsafe class FileHandle : IDisposable
{
    private const int NoEntry = 2, NoAccess = 13, NotPermitted = 1, Exists = 17, NotDirectory = 20, NoSpace = 28, ReadOnlySystem = 30, Quota = 122, TooBig = 27;
    private const int SeekEnd = 2;

    private readonly string path;
    private int file;

    private FileHandle(string path, int file)
    {
        this.path = path;
        this.file = file;
    }

    internal int Number => file;

    internal static FileHandle Open(string path, int flags, string what)
    {
        while (true)
        {
            // 0640: the service's group may read; no one else.
            var file = NativeFiles.Open(path, flags | NativeFiles.CloseOnExec, 0x1A0);
            if (file >= 0) return new(path, file);
            var error = Marshal.GetLastPInvokeError();
            if (error != NativeFiles.ErrorIntr) throw Failure(error, path, what);
        }
    }

    internal long Length()
    {
        var length = NativeFiles.Seek(file, 0, SeekEnd);
        return length >= 0 ? length : throw Failure(Marshal.GetLastPInvokeError(), path, "cannot be measured");
    }

    internal void Write(ReadOnlySpan<byte> bytes, long from)
    {
        fixed (byte* start = bytes)
        {
            for (nint done = 0; done < bytes.Length;)
            {
                var written = NativeFiles.Write(file, start + done, bytes.Length - done, from + done);
                if (written > 0)
                {
                    done += written;
                    continue;
                }
                var error = written == 0 ? NoSpace : Marshal.GetLastPInvokeError();
                if (error != NativeFiles.ErrorIntr) throw Failure(error, path, "cannot be written");
            }
        }
    }

    /// <summary>Writes three parts one after the other, in one call unless the system cuts it short.</summary>
    internal void Write(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body, ReadOnlySpan<byte> tail, long from)
    {
        fixed (byte* first = head, second = body, third = tail)
        {
            var parts = stackalloc NativeFiles.Part[] { new(first, head.Length), new(second, body.Length), new(third, tail.Length) };
            var written = NativeFiles.WriteParts(file, parts, 3, from);
            if (written == head.Length + body.Length + tail.Length) return;
        }
        Write(head, from);
        Write(body, from + head.Length);
        Write(tail, from + head.Length + body.Length);
    }

    /// <summary>Fills <paramref name="bytes"/> from the file's start; the number read, fewer at its end.</summary>
    internal int Read(Span<byte> bytes)
    {
        var done = 0;
        fixed (byte* start = bytes)
        {
            while (done < bytes.Length)
            {
                var read = NativeFiles.Read(file, start + done, bytes.Length - done, done);
                if (read == 0) break;
                if (read > 0)
                {
                    done += (int)read;
                    continue;
                }
                var error = Marshal.GetLastPInvokeError();
                if (error != NativeFiles.ErrorIntr) throw Failure(error, path, "cannot be read");
            }
        }
        return done;
    }

    internal void SetLength(long length)
    {
        if (NativeFiles.SetLength(file, length) != 0) throw Failure(Marshal.GetLastPInvokeError(), path, "cannot be cut");
    }

    /// <summary>Bytes and length become durable. Failing says nothing about earlier files: this one is given up by its maker.</summary>
    internal void Sync()
    {
        while (NativeFiles.Sync(file) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != NativeFiles.ErrorIntr) throw Failure(error, path, "cannot be synced");
        }
    }

    /// <summary>Bytes become durable. Failing is <see cref="ErrorKind.Fatal"/>: the kernel may hold what it could not write for written.</summary>
    internal void SyncData()
    {
        while (NativeFiles.SyncData(file) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error != NativeFiles.ErrorIntr) throw new EngineException(ErrorKind.Fatal, Failure(error, path, "cannot be synced").Message);
        }
    }

    internal bool TryLock()
    {
        while (NativeFiles.Lock(file, NativeFiles.LockExclusive | NativeFiles.LockNoWait) != 0)
        {
            var error = Marshal.GetLastPInvokeError();
            if (error == NativeFiles.ErrorAgain) return false;
            if (error != NativeFiles.ErrorIntr) throw Failure(error, path, "cannot be locked");
        }
        return true;
    }

    public void Dispose()
    {
        if (file < 0) return;
        _ = NativeFiles.Close(file);
        file = -1;
    }

    /// <summary>The error of the last call, as what a caller can do about it.</summary>
    internal static EngineException Failure(int error, string path, string what)
    {
        var kind = error switch
        {
            NoEntry or NotDirectory => ErrorKind.NotFound,
            NoAccess or NotPermitted or ReadOnlySystem => ErrorKind.Denied,
            NoSpace or Quota or TooBig => ErrorKind.Full,
            Exists => ErrorKind.AlreadyExists,
            _ => ErrorKind.Unavailable,
        };
        return new(kind, $"{path} {what}: {Marshal.GetPInvokeErrorMessage(error)}");
    }
}
