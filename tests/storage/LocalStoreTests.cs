using K2I.Base;

namespace K2I.Storage.Tests;

public sealed class LocalStoreTests : ObjectStoreContract, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("k2i-storage-").FullName;
    private readonly LocalStore _store;

    public LocalStoreTests() => _store = new LocalStore(_folder + "/root");

    protected override IObjectStore Store => _store;

    protected override string Root => _store.Root;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void EverySpellingOfALocalLocationIsTheSameFile()
    {
        _store.Put($"{Root}/a", "x"u8);
        Assert.Equal("x"u8, _store.Read("file:" + Root["file://".Length..] + "/a"));
        Assert.Equal("x"u8, _store.Read(Root["file://".Length..] + "/a"));
    }

    [Fact]
    public void LinksDoNotLeadOutOfTheRoot()
    {
        Directory.CreateDirectory(_folder + "/secret");
        File.WriteAllText(_folder + "/secret/file", "s");
        Directory.CreateSymbolicLink(_folder + "/root/link", _folder + "/secret");
        foreach (var act in (Action[])
        [
            () => _store.Put($"{Root}/link/new", "x"u8), () => _store.Put($"{Root}/link/deep/new", "x"u8), () => _store.Read($"{Root}/link/file"), () => _store.Delete($"{Root}/link/file"),
        ])
            Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(act).Kind);
        Assert.Empty(_store.List(Root + "/"));
        Assert.Equal(["file"], Directory.GetFiles(_folder + "/secret").Select(Path.GetFileName));
    }

    [Fact]
    public void NoTemporaryFileStays()
    {
        _store.Put($"{Root}/a", "x"u8);
        _store.PutIfAbsent($"{Root}/a", "y"u8);
        _store.PutIfAbsent($"{Root}/b", "y"u8);
        _store.Create($"{Root}/c").Dispose();
        Assert.Equal(["a", "b"], Directory.GetFiles(_folder + "/root").Select(Path.GetFileName).Order());
    }

    [Fact]
    public void FullDiskIsFull()
    {
        // A file size limit of the process would need a child; /dev/full says the same.
        if (!File.Exists("/dev/full")) return;
        using var file = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 1);
        var error = Assert.Throws<IOException>(() =>
        {
            file.Write(new byte[10]);
            file.Flush();
        });
        Assert.Equal(ErrorKind.Full, LocalFiles.Map(error, "file:///x").Kind);
        Assert.Contains("file:///x", LocalFiles.Map(error, "file:///x").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RootMayBeAPlainPath()
    {
        Assert.Equal("file://" + _folder + "/root", new LocalStore(_folder + "/root/").Root);
        Assert.Equal("file://" + _folder + "/root", new LocalStore("file:" + _folder + "/root").Root);
    }

    [Fact]
    public void FileInPlaceOfAFolderIsAnError()
    {
        _store.Put($"{Root}/f", "x"u8);
        Assert.IsType<EngineException>(Record.Exception(() => _store.Put($"{Root}/f/below", "y"u8)));
    }
}
