using K2I.Base;

namespace K2I.Storage.Tests;

public sealed class LocationTests
{
    [Theory]
    [InlineData("/a/b/", "file:///a/b")]
    [InlineData("file:/a/b", "file:///a/b")]
    [InlineData("file:///a/b//", "file:///a/b")]
    [InlineData("s3://bucket/x/", "s3://bucket/x")]
    public void SpellingsBecomeOne(string text, string expected) => Assert.Equal(expected, Location.Normalize(text));

    [Fact]
    public void RelativeConfigPathsBecomeAbsolute() => Assert.Equal("file://" + Path.GetFullPath("warehouse"), Location.FromConfig("./warehouse"));

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    public void EmptyConfigIsRefused(string text) => Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => Location.FromConfig(text)).Kind);

    [Theory]
    [InlineData("file:///wh/t", "file:///wh", true)]
    [InlineData("file:///wh", "file:///wh", true)]
    [InlineData("file:///whx/t", "file:///wh", false)]
    [InlineData("file:///wh/../t", "file:///wh", false)]
    public void ContainmentIsByPathPart(string location, string root, bool under) => Assert.Equal(under, Location.IsUnder(location, root));

    [Theory]
    [InlineData("s3a://b/x", "s3://b/x")]
    [InlineData("s3n://b", "s3://b")]
    [InlineData("abfss://c@a.dfs.core.windows.net/x.blob.y", "abfs://c@a.dfs.core.windows.net/x.blob.y")]
    [InlineData("wasbs://c@a.blob.core.windows.net/x", "abfs://c@a.dfs.core.windows.net/x")]
    [InlineData("gs://b/s3a://x", "gs://b/s3a://x")]
    [InlineData("file:///x", "file:///x")]
    public void NamesOfOnePlaceHaveOneSpelling(string location, string expected) => Assert.Equal(expected, Location.Canonical(location));

    [Fact]
    public void LocationsGoToTheStoreOfTheLongestRootThatHoldsThem()
    {
        var made = 0;
        MemoryStore Make(string root)
        {
            made++;
            return new MemoryStore(root);
        }
        var store = new LocationStore().Add("memory://a", () => Make("memory://a")).Add("memory://a/b/c/", () => Make("memory://a/b/c"))
            .Add("memory://z", () => Make("memory://z"));
        Assert.Equal(0, made);
        store.Put("memory://a/x", "1"u8);
        store.Put("memory://a/b/c/x", "2"u8);
        Assert.Equal(2, made);
        // What the other store holds, the first does not see.
        Assert.Equal(["memory://a/x"], store.List("memory://a/").Select(o => o.Location));
        Assert.True(store.Exists("memory://a/b/c/x"));
        foreach (var elsewhere in (string[])["memory://b/x", "s3://a/x", "memory://a/../z/x"])
            Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => store.Exists(elsewhere)).Kind);
        Assert.Equal(2, made);
    }
}
