using K2I.Base;

namespace K2I.Memory;

/// <summary>
/// The local files that the engine itself keeps: logs, locks, small states. A seam: tests and simulations put files behind it that fail, fill up, tear and rot.
/// Objects of tables are not read or written here.
/// </summary>
/// <remarks>
/// <para>What a call reports as done is durable (survives a power cut), bytes of an <see cref="IFileWriter"/> once <see cref="IFileWriter.Sync"/> returned. Before that, each sector
/// of <see cref="SectorBytes"/> bytes holds after a crash either what it held or what was written to it since, each on its own; a process that is killed loses nothing.</para>
/// <para>Errors are <see cref="EngineException"/>s that name the path: <see cref="ErrorKind.NotFound"/>, <see cref="ErrorKind.Full"/>, <see cref="ErrorKind.Denied"/>,
/// <see cref="ErrorKind.Unavailable"/> (anything else the system said) and <see cref="ErrorKind.Fatal"/> (what was written may not be on disk). Any thread.</para>
/// </remarks>
public interface IFileSystem
{
    /// <summary>The unit that a disk writes wholly or not at all.</summary>
    const int SectorBytes = 512;

    /// <summary>Makes a directory and those above it; nothing happens if it is there.</summary>
    void CreateDirectory(string path);

    /// <summary>Names (not paths) of the files in a directory, in ordinal order. <see cref="ErrorKind.NotFound"/> without the directory.</summary>
    IReadOnlyList<string> ListFiles(string directory);

    /// <summary>Names of the directories in a directory, in ordinal order; none where it is not there.</summary>
    IReadOnlyList<string> ListDirectories(string directory);

    /// <summary>Whether there is a file at the path.</summary>
    bool Exists(string path);

    /// <summary>Starts a file of <paramref name="bytes"/> zeros, all of them written, so that writing to it later needs no space. See <see cref="INewFile"/>.</summary>
    INewFile NewFile(string path, long bytes);

    /// <summary>Maps a whole file (2 GiB at most) to read.</summary>
    IMappedFile Map(string path);

    /// <summary>Opens a file to overwrite parts of it.</summary>
    IFileWriter OpenWriter(string path);

    /// <summary>Gives a file another name in the same directory; a file that has it already is replaced. After a crash it has one of the two names.</summary>
    void Rename(string from, string to);

    /// <summary>Removes a file; false if there is none. The one call that a crash may undo.</summary>
    bool Delete(string path);

    /// <summary>All bytes of a small file. One longer than <paramref name="maxBytes"/> is <see cref="ErrorKind.Invalid"/>.</summary>
    byte[] Read(string path, int maxBytes);

    /// <summary>Writes a small file; after a crash it holds what it held or all of <paramref name="bytes"/>.</summary>
    void Write(string path, ReadOnlySpan<byte> bytes);

    /// <summary>Takes the lock that a file stands for, until disposed or the process is gone; the file says who holds it. <see cref="ErrorKind.Conflict"/>, with
    /// the holder's process id, while another process or owner has it.</summary>
    IDisposable Lock(string path);
}
