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

    [Fact]
    public void SchemeStoreRefusesASchemeItLacks()
    {
        var store = new SchemeStore().Add("memory", new MemoryStore("memory://a"));
        store.Put("memory://a/x", "1"u8);
        Assert.True(store.Exists("memory://a/x"));
        Assert.Equal(ErrorKind.Unsupported, Assert.Throws<EngineException>(() => store.Exists("s3://a/x")).Kind);
    }
}
