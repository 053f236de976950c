using K2I.Base;

namespace K2I.Storage.Tests;

public sealed class LocalStoreTests : ObjectStoreContract, IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("k2i-storage-").FullName;
    private readonly LocalStore store;

    public LocalStoreTests() => store = new LocalStore(folder + "/root");

    protected override IObjectStore Store => store;

    protected override string Root => store.Root;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void EverySpellingOfALocalLocationIsTheSameFile()
    {
        store.Put($"{Root}/a", "x"u8);
        Assert.Equal("x"u8, store.Read("file:" + Root["file://".Length..] + "/a"));
        Assert.Equal("x"u8, store.Read(Root["file://".Length..] + "/a"));
    }

    [Fact]
    public void LinksDoNotLeadOutOfTheRoot()
    {
        Directory.CreateDirectory(folder + "/secret");
        File.WriteAllText(folder + "/secret/file", "s");
        Directory.CreateSymbolicLink(folder + "/root/link", folder + "/secret");
        foreach (var act in (Action[])
        [
            () => store.Put($"{Root}/link/new", "x"u8), () => store.Put($"{Root}/link/deep/new", "x"u8), () => store.Read($"{Root}/link/file"), () => store.Delete($"{Root}/link/file"),
        ])
            Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(act).Kind);
        Assert.Empty(store.List(Root + "/"));
        Assert.Equal(["file"], Directory.GetFiles(folder + "/secret").Select(Path.GetFileName));
    }

    [Fact]
    public void NoTemporaryFileStays()
    {
        store.Put($"{Root}/a", "x"u8);
        store.PutIfAbsent($"{Root}/a", "y"u8);
        store.PutIfAbsent($"{Root}/b", "y"u8);
        store.Create($"{Root}/c").Dispose();
        Assert.Equal(["a", "b"], Directory.GetFiles(folder + "/root").Select(Path.GetFileName).Order());
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
        Assert.Equal("file://" + folder + "/root", new LocalStore(folder + "/root/").Root);
        Assert.Equal("file://" + folder + "/root", new LocalStore("file:" + folder + "/root").Root);
    }

    [Fact]
    public void FileInPlaceOfAFolderIsAnError()
    {
        store.Put($"{Root}/f", "x"u8);
        Assert.IsType<EngineException>(Record.Exception(() => store.Put($"{Root}/f/below", "y"u8)));
    }
}
