using System.Net.Http.Headers;
using K2I.Base;

namespace K2I.Cloud.Tests;

/// <summary>Signatures for services other than S3, as botocore makes them of the same requests.</summary>
public sealed class AwsSignerTests
{
    private static readonly S3Options Who = new()
    {
        Region = "eu-west-1",
        AccessKeyId = "AKIDEXAMPLE",
        SecretAccessKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        SessionToken = "token/of+session==",
    };

    [Fact]
    public void ABodyIsSignedWithItsTypeAndTarget()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://glue.eu-west-1.amazonaws.com/");
        request.Headers.TryAddWithoutValidation("X-Amz-Target", "AWSGlue.GetTable");
        request.Content = new ByteArrayContent("{\"Name\":\"t\"}"u8.ToArray());
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-amz-json-1.1");
        Assert.Equal("05bff1b37acbd7b051096342d93c88dfa053a1233540363ee8041e727868ce30", Signature(request, "glue", "{\"Name\":\"t\"}"u8));
    }

    [Fact]
    public void APathIsEncodedTwiceAndAQuerySorted()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://localhost:8181/v1/a%1Fb/tables?pageToken=&z=1&parent=x%1Fy");
        Assert.Equal("ed7a2e236f87ba2a112ea675c068c8fb25c56a4358effbfaec6e372d353a4d27", Signature(request, "execute-api", default));
    }

    [Fact]
    public void AServiceIsFoundByItsRegion()
    {
        Assert.Equal("https://glue.eu-west-1.amazonaws.com/", new AwsSigner(Who, "glue").Endpoint.ToString());
        var china = new S3Options { Region = "cn-north-1" };
        Assert.Equal("https://glue.cn-north-1.amazonaws.com.cn/", new AwsSigner(china, "glue").Endpoint.ToString());
    }

    private static string Signature(HttpRequestMessage request, string service, ReadOnlySpan<byte> body)
    {
        var at = DateTimeOffset.Parse("2026-08-30T12:36:00Z", System.Globalization.CultureInfo.InvariantCulture);
        var signer = new AwsSigner(Who, service, clock: new FakeClock(at.ToUnixTimeMilliseconds()));
        // Signing again, as for another attempt, changes nothing.
        signer.Sign(request, body);
        signer.Sign(request, body);
        Assert.Equal(Who.SessionToken, Assert.Single(request.Headers.GetValues("x-amz-security-token")));
        return Assert.Single(request.Headers.GetValues("Authorization")).Split("Signature=")[1];
    }
}
