using K2I.Base;

namespace K2I.Cloud.Tests;

/// <summary>Removals of many objects by stores that answer otherwise than S3's server of the tests.</summary>
public sealed class S3DeleteTests
{
    private const string Root = "s3://bucket/t", Quiet = "<DeleteResult></DeleteResult>";

    private static readonly string[] Two = [$"{Root}/a", $"{Root}/b"];

    [Theory]
    [InlineData(501, "NotImplemented")]
    [InlineData(405, "MethodNotAllowed")]
    [InlineData(400, "InvalidRequest")]
    [InlineData(403, "AccessDenied")]
    public void StoreThatDoesNotRemoveManyIsAskedOneByOneFromThenOn(int status, string code)
    {
        using var server = new StandIn(asked => IsMany(asked) ? (status, Error(code)) : (204, ""));
        var store = Open(server);
        Assert.Empty(store.DeleteAll(Two));
        Assert.Equal(["POST /bucket/?delete=", "DELETE /bucket/t/a", "DELETE /bucket/t/b"], server.Calls.Select(c => c.Target));
        Assert.Empty(store.DeleteAll(Two));
        Assert.Equal(5, server.Calls.Count);
    }

    [Fact]
    public void RightsThatAreLackingForNowAreAskedForAgain()
    {
        var mayDelete = false;
        using var server = new StandIn(asked => mayDelete ? (200, Quiet) : (403, Error("AccessDenied")));
        var store = Open(server);
        Assert.Equal(Two, store.DeleteAll(Two).Keys.Order());
        mayDelete = true;
        Assert.Empty(store.DeleteAll(Two));
        Assert.Equal(4, server.Calls.Count);
    }

    [Fact]
    public void ObjectsThatStayAreTold()
    {
        using var server = new StandIn(_ => (200, "<DeleteResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
            + "<Error><Key>t/b</Key><Code>AccessDenied</Code><Message>locked</Message></Error>"
            + "<Error><Key>t/a</Key><Code>NoSuchKey</Code><Message/></Error></DeleteResult>"));
        var (location, error) = Assert.Single(Open(server).DeleteAll(Two));
        Assert.Equal((Two[1], ErrorKind.Denied), (location, error.Kind));
        Assert.Contains("locked", error.Message, StringComparison.Ordinal);
        var call = Assert.Single(server.Calls);
        Assert.Contains("<Quiet>true</Quiet><Object><Key>t/a</Key></Object>", call.Body, StringComparison.Ordinal);
        Assert.Equal(24, call.Headers["Content-MD5"].Length);
    }

    [Fact]
    public void AnswerThatIsNoneRemovesNothingForSure()
    {
        using var server = new StandIn(_ => (200, "<html>"));
        Assert.All(Open(server).DeleteAll(Two).Values, e => Assert.Equal(ErrorKind.Corrupt, e.Kind));
    }

    private static bool IsMany(StandIn.Asked asked) => asked.Target.StartsWith("POST", StringComparison.Ordinal);

    private static string Error(string code) => $"<Error><Code>{code}</Code><Message>no</Message></Error>";

    private static CloudStore Open(StandIn server) => new(Root, SharedS3.Options($"http://{server.Host}", retryMs: 100));
}
