using System.Text;

using K2I.Base;

namespace K2I.Cloud.Tests;

/// <summary>What needs no server: hosts, errors, listings, options.</summary>
public sealed class S3TextTests
{
    [Theory]
    [InlineData("s3://bucket/a b/c%2F", null, null, "https://bucket.s3.eu-west-1.amazonaws.com", "/a%20b/c%252F")]
    [InlineData("s3a://my.bucket/x", null, null, "https://s3.eu-west-1.amazonaws.com", "/my.bucket/x")]
    [InlineData("s3://bucket/x", null, true, "https://s3.eu-west-1.amazonaws.com", "/bucket/x")]
    [InlineData("s3n://bucket//x/", "http://host:9000", null, "http://host:9000", "/bucket//x/")]
    [InlineData("s3://bucket/x", "https://host", false, "https://bucket.host", "/x")]
    public void BucketsStandInHostOrPath(string location, string? endpoint, bool? pathStyle, string root, string path)
    {
        var options = new S3Options { Endpoint = endpoint is null ? null : new Uri(endpoint), PathStyle = pathStyle };
        Assert.Equal((root, path), S3Host.Of(options, "eu-west-1", CloudPlace.Of(location, "s3")));
    }

    [Theory]
    [InlineData("s3://ev il/x")]
    [InlineData("s3://user@host/x")]
    [InlineData("s3://a:80/x")]
    [InlineData("gs://bucket/x")]
    public void WhatIsNoBucketIsRefused(string location) =>
        Assert.Equal(ErrorKind.Invalid, Assert.Throws<EngineException>(() => CloudPlace.Of(location, "s3")).Kind);

    [Theory]
    [InlineData(403, "SignatureDoesNotMatch", ErrorKind.Denied, false)]
    [InlineData(400, "ExpiredToken", ErrorKind.Denied, false)]
    [InlineData(404, "NoSuchBucket", ErrorKind.NotFound, false)]
    [InlineData(301, "PermanentRedirect", ErrorKind.Invalid, false)]
    [InlineData(400, "AuthorizationHeaderMalformed", ErrorKind.Invalid, false)]
    [InlineData(409, "ConditionalRequestConflict", ErrorKind.Unavailable, true)]
    [InlineData(409, "ObjectParentIsFile", ErrorKind.Conflict, false)]
    [InlineData(501, "NotImplemented", ErrorKind.Unsupported, false)]
    [InlineData(503, "SlowDown", ErrorKind.Unavailable, true)]
    [InlineData(400, "BadDigest", ErrorKind.Unavailable, true)]
    public void ErrorsMeanWhatCanBeDoneAboutThem(int status, string code, ErrorKind kind, bool passes)
    {
        var text = $"<Error><Code>{code}</Code><Message>m</Message><StringToSign>secret</StringToSign></Error>";
        var place = CloudPlace.Of("s3://bucket/x", "s3");
        var service = new S3Service(new S3Options(), SystemClock.Instance);
        var body = Encoding.UTF8.GetBytes($"<?xml version=\"1.0\"?>{text}");
        var answer = service.Told(new CloudAnswer(status, body, body.Length)
        {
            Headers = new Dictionary<string, string> { ["x-amz-bucket-region"] = "eu-west-3" },
        }, new CloudRequest(HttpMethod.Get, place));
        var error = service.Error(answer, place)!;
        Assert.Equal((kind, passes), (error.Kind, service.Passes(answer)));
        Assert.Contains(code, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
        Assert.Equal(status is 301 or 400, error.Message.Contains("eu-west-3", StringComparison.Ordinal));
    }

    [Fact]
    public void ListingsAreReadWhateverTheNamespace()
    {
        foreach (var xmlns in (string[])["", " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\""])
        {
            var page = S3Text.Page(Encoding.UTF8.GetBytes($"""
                <ListBucketResult{xmlns}><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>
                <NextContinuationToken>next</NextContinuationToken>
                <Contents><Key>p%3Da%2Bb/f+g</Key><LastModified>2026-01-02T03:04:05.678Z</LastModified><Size>12</Size>
                <Owner><ID>me</ID></Owner></Contents>
                <CommonPrefixes><Prefix>a%2520/</Prefix></CommonPrefixes></ListBucketResult>
                """))!;
            Assert.Equal(("p=a+b/f g", 12L, 1_767_323_045_678L), (page.Objects[0].Location, page.Objects[0].Length,
                page.Objects[0].LastModifiedMs));
            Assert.Equal(["a%20/"], page.Folders);
            Assert.Equal("next", page.Next);
        }
    }

    [Fact]
    public void UploadsAreReadWhateverTheNamespace()
    {
        foreach (var xmlns in (string[])["", " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\""])
        {
            var (uploads, next) = S3Text.Uploads(Encoding.UTF8.GetBytes($"""
                <ListMultipartUploadsResult{xmlns}><Bucket>b</Bucket><KeyMarker/><NextKeyMarker>p%3Da%2Bb/f+g</NextKeyMarker>
                <NextUploadIdMarker>id+2</NextUploadIdMarker><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>
                <Upload><Key>p%3Da%2Bb/f+g</Key><UploadId>id+2</UploadId><Owner><ID>me</ID></Owner>
                <Initiated>2026-01-02T03:04:05.678Z</Initiated></Upload></ListMultipartUploadsResult>
                """))!.Value;
            Assert.Equal([new("p=a+b/f g", "id+2", 0, 1_767_323_045_678L)], uploads);
            Assert.Equal(("p=a+b/f g", "id+2"), next);
        }
        Assert.Null(S3Text.Uploads("<ListMultipartUploadsResult/>"u8.ToArray())!.Value.Next);
        Assert.Null(S3Text.Uploads("<ListBucketResult/>"u8.ToArray()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html><body>login</body></html>")]
    [InlineData("<ListBucketResult><Contents><Size>x</Size></Contents></ListBucketResult>")]
    [InlineData("<!DOCTYPE a [<!ENTITY b \"c\">]><ListBucketResult>&b;</ListBucketResult>")]
    public void WhatIsNoListingIsNone(string text) => Assert.Null(S3Text.Page(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("ftp://host")]
    [InlineData("host:9000")]
    [InlineData("http://user:secret@host")]
    [InlineData("http://host/path")]
    public void EndpointsAreSchemeAndHost(string text) => Assert.NotNull(StoreOptions.AddressFlaw(text));

    [Fact]
    public void OptionsAreReadByTheNamesThatCatalogsGiveThem()
    {
        var options = Of(new Dictionary<string, string>
        {
            [S3Keys.Endpoint] = "http://host:9000",
            [S3Keys.PathStyle] = "false",
            [S3Keys.AccessKeyId] = "id",
            [S3Keys.SecretAccessKey] = "the-secret",
            [S3Keys.SessionToken] = "the-token",
            [S3Keys.UploadMemory] = "1000",
            ["other"] = "x",
        });
        Assert.Equal((new Uri("http://host:9000"), false, "id", 1000L), (options.Endpoint, options.PathStyle, options.AccessKeyId,
            options.UploadBytes));
        Assert.DoesNotContain("the-", $"{options}", StringComparison.Ordinal);
        Assert.Throws<EngineException>(() => Of(new Dictionary<string, string> { [S3Keys.PathStyle] = "maybe" }));
    }

    private static S3Options Of(Dictionary<string, string> properties) => (S3Options)StoreOptions.Of("s3://bucket", () => properties);
}
