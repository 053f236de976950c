using System.Text;
using K2I.Base;

namespace K2I.Storage.Tests;

public sealed class MovedStoreTests
{
    [Theory]
    [InlineData("s3://old/t", "s3://old/t/data/a", "file:///here/t/data/a")]
    [InlineData("s3://old/t/", "s3a://old/t/data/a", "file:///here/t/data/a")]
    [InlineData("/old/t", "file:/old/t/metadata/m.avro", "file:///here/t/metadata/m.avro")]
    [InlineData("file:///old/t", "/old/t/data/a", "file:///here/t/data/a")]
    [InlineData("old/t", "old/t/data/day=1/a", "file:///here/t/data/day=1/a")]
    [InlineData("sets/old/t", "old/t/metadata/m.avro", "file:///here/t/metadata/m.avro")]
    [InlineData("sets/old/t", "data/old/t/data/a", "file:///here/t/data/a")]
    [InlineData("s3://old/t", "s3://old/t2/data/a", "s3://old/t2/data/a")]
    [InlineData("s3://old/t", "s3://old/t/../t2/data/a", "s3://old/t/../t2/data/a")]
    [InlineData("s3://old/t", "file:///here/t/metadata/v1.metadata.json", "file:///here/t/metadata/v1.metadata.json")]
    public void NamesBelowTheRecordedFolderAreLookedForInTheOther(string recorded, string name, string actual) =>
        Assert.Equal(actual, new MovedStore(new MemoryStore("file:///here"), recorded, "file:///here/t").Actual(name));

    [Fact]
    public void FilesAreReadAndListedByTheirRecordedNames()
    {
        var inner = new MemoryStore("memory://here");
        inner.Put("memory://here/t/data/a", "a"u8);
        inner.Put("memory://here/t/metadata/m", "m"u8);
        var store = new MovedStore(inner, "s3://old/t", "memory://here/t");
        Assert.Equal("a", Encoding.UTF8.GetString(store.Read("s3://old/t/data/a")));
        Assert.True(store.Exists("s3://old/t/metadata/m"));
        Assert.Equal(1, store.Length("s3://old/t/metadata/m"));
        Assert.Equal(["m", "a"], store.ReadAll(["s3://old/t/metadata/m", "s3://old/t/data/a"]).Select(b => Encoding.UTF8.GetString(b!)));
        Assert.Equal(["s3://old/t/data/a", "s3://old/t/metadata/m"],
            store.List("s3://old/t/").Select(f => f.Location).Order(StringComparer.Ordinal));
        Assert.Equal(["data", "metadata"], store.ListFolders("s3://old/t").Order(StringComparer.Ordinal));
        Assert.Equal(ErrorKind.Unsupported, Assert.Throws<EngineException>(() => store.Delete("s3://old/t/data/a")).Kind);
        Assert.Equal(ErrorKind.Unsupported, Assert.Throws<EngineException>(() => store.Put("s3://old/t/data/a", "b"u8)).Kind);
        Assert.True(inner.Exists("memory://here/t/data/a"));
    }
}
