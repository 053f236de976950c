namespace K2I.Serve.Tests;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:9464", "127.0.0.1:9464", true)]
    [InlineData("localhost:80", "127.0.0.1:80", true)]
    [InlineData("[::1]:1", "[::1]:1", true)]
    [InlineData("0.0.0.0:9464", "0.0.0.0:9464", false)]
    [InlineData("*:9464", "[::]:9464", false)]
    [InlineData("10.1.2.3:0", "10.1.2.3:0", false)]
    public void ReadsAddresses(string text, string shown, bool loopback)
    {
        Assert.True(ListenAddress.TryParse(text, out var address));
        Assert.Equal(shown, address.ToString());
        Assert.Equal(loopback, address.IsLoopback);
    }

    [Theory]
    [InlineData("")]
    [InlineData("9464")]
    [InlineData(":9464")]
    [InlineData("1:9464")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("::1:9464")]
    [InlineData("[127.0.0.1]:1")]
    [InlineData("example.org:80")]
    public void RefusesWhatIsNone(string text) => Assert.False(ListenAddress.TryParse(text, out _));
}
