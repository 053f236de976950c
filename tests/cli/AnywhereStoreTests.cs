using System.Text;
using K2I.Base;
using K2I.Storage;

namespace K2I.Cli.Tests;

/// <summary>Files read wherever they lie: in two folders of this machine and in a bucket.</summary>
public sealed class AnywhereStoreTests : IDisposable
{
    private const string InBucket = "s3://bucket/x";

    private readonly Harness harness = new();
    private readonly MemoryStore bucket = new("s3://bucket");
    private readonly List<string> opened = [];
    private readonly AnywhereStore store;
    private readonly string first;
    private readonly string second;
    private readonly string missing;

    public AnywhereStoreTests()
    {
        store = new AnywhereStore(Open);
        first = Place("one/a");
        second = Place("two/b");
        missing = Place("none/c");
        Write("one/a", "first");
        Write("one/a2", "more");
        Write("two/b", "2nd");
        bucket.Put(InBucket, "cloud"u8);
    }

    public void Dispose() => harness.Dispose();

    [Fact]
    public void EachIsReadFromItsPlace()
    {
        string[] all = [first, second, InBucket];
        Assert.Equal(["first", "2nd", "cloud"], all.Select(l => Encoding.UTF8.GetString(store.Read(l))));
        Assert.All(all, l => Assert.True(store.Exists(l)));
        Assert.Equal([5L, 3, 5], all.Select(store.Length));
        foreach (var location in all)
        {
            using var reader = store.Open(location);
            Assert.Equal(store.Length(location), reader.Length);
        }
    }

    [Fact]
    public void ManyAreAnsweredInTheirOrderAcrossPlaces()
    {
        string[] places = [InBucket, missing, second, first, "s3://bucket/none"];
        Assert.Equal(["cloud", null, "2nd", "first", null], Texts(places));
        Assert.Equal([5L, 3, 5], store.Lengths([InBucket, second, first]));
        Assert.Equal(second, store.FindFirst([missing, "s3://bucket/none", second, first]));
        Assert.Null(store.FindFirst([missing, "s3://bucket/none"]));
    }

    [Fact]
    public void ManyOfOnePlaceAreAskedThere()
    {
        string[] places = [first, Place("one/a2"), Place("one/none")];
        Assert.Equal(["first", "more", null], Texts(places));
        Assert.Equal([5L, 4], store.Lengths(places[..2]));
        Assert.Equal(first, store.FindFirst([places[2], first]));
        Assert.Single(opened);
        Assert.Empty(store.ReadAll([]));
        Assert.Empty(store.Lengths([]));
        Assert.Null(store.FindFirst([]));
    }

    [Fact]
    public void WhatIsNotThereIsNotMade()
    {
        Assert.False(store.Exists(missing));
        Assert.Empty(store.List(Place("none/")));
        Assert.Empty(store.ListFolders(Place("none/below")));
        Assert.All((Action[])
            [
                () => store.Read(missing), () => store.Length(missing), () => store.Open(missing), () => store.Lengths([missing]),
            ],
            ask => Assert.Equal(ErrorKind.NotFound, Assert.Throws<EngineException>(ask).Kind));
        Assert.False(Directory.Exists(Path.Combine(harness.Folder, "none")));
        Assert.Empty(opened);
    }

    [Fact]
    public void FilesAndFoldersAreListed()
    {
        Assert.Equal([first, Place("one/a2")], store.List(Place("one/")).Select(o => o.Location).Order());
        Assert.Equal(["one", "two"], store.ListFolders("file://" + harness.Folder).Where(f => f is "one" or "two").Order());
        Assert.Equal([InBucket], store.List("s3://bucket/").Select(o => o.Location));
    }

    [Fact]
    public void NothingIsWrittenOrRemoved()
    {
        Assert.All((Action[])
            [
                () => store.Create(first), () => store.Put(first, "x"u8),
                () => store.PutIfAbsent(missing, "x"u8), () => store.Delete(first),
            ],
            change => Assert.Equal(ErrorKind.Unsupported, Assert.Throws<EngineException>(change).Kind));
        Assert.Equal([first], ((IObjectStore)store).DeleteAll([first]).Keys);
        Assert.Equal("first"u8, store.Read(first));
    }

    private IEnumerable<string?> Texts(string[] places) => store.ReadAll(places).Select(b => b is null ? null : Encoding.UTF8.GetString(b));

    private IObjectStore Open(string root)
    {
        opened.Add(root);
        return root.StartsWith("s3://", StringComparison.Ordinal) ? bucket : new LocalStore(Location.LocalPath(root));
    }

    private string Place(string name) => $"file://{harness.Folder}/{name}";

    private void Write(string name, string text)
    {
        var file = Path.Combine(harness.Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
