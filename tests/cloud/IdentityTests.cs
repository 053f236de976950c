using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

using K2I.Base;

namespace K2I.Cloud.Tests;

/// <summary>
/// Who asks, of each kind that there is, at servers of tokens that stand in for those of clouds. What is in the environment is this
/// class's alone.
/// </summary>
public sealed class IdentityTests : IDisposable
{
    private static readonly HttpClient Http = new();

    private readonly ShiftedClock clock = new();
    private readonly TempFolder folder = new();
    private readonly List<string> variables = [];

    public void Dispose()
    {
        foreach (var name in variables) Environment.SetEnvironmentVariable(name, null);
        folder.Dispose();
    }

    [Fact]
    public void AServiceAccountOfGoogleSignsForItsToken()
    {
        using var key = RSA.Create(2048);
        using var server = Tokens();
        var file = Written("key.json", JsonSerializer.Serialize(new Dictionary<string, string>
        {
            ["type"] = "service_account",
            ["client_email"] = "k2i@project.iam.gserviceaccount.com",
            ["private_key_id"] = "key-1",
            ["private_key"] = key.ExportPkcs8PrivateKeyPem(),
            ["token_uri"] = $"http://{server.Host}/token",
        }));
        var credentials = new GcsCredentials(new GcsOptions { CredentialsFile = file }, Http, clock);
        Assert.Equal("token-1", credentials.Current()!.Value);
        var call = Assert.Single(server.Calls);
        Assert.Equal("urn:ietf:params:oauth:grant-type:jwt-bearer", call.Field("grant_type"));
        var parts = call.Field("assertion").Split('.');
        Assert.True(key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]),
            HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        using var claim = JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1]));
        Assert.Equal("k2i@project.iam.gserviceaccount.com", claim.RootElement.GetProperty("iss").GetString());
        Assert.Equal($"http://{server.Host}/token", claim.RootElement.GetProperty("aud").GetString());
        // Renewed before it ends, and kept until then.
        clock.Pass(50 * 60_000);
        Assert.Equal("token-1", credentials.Current()!.Value);
        clock.Pass(6 * 60_000);
        Assert.Equal("token-2", credentials.Current()!.Value);
    }

    [Fact]
    public void APersonsLoginAtGoogleIsFoundByTheEnvironment()
    {
        using var server = Tokens();
        Set("GOOGLE_APPLICATION_CREDENTIALS", Written("adc.json", JsonSerializer.Serialize(new Dictionary<string, string>
        {
            ["type"] = "authorized_user",
            ["client_id"] = "id",
            ["client_secret"] = "secret",
            ["refresh_token"] = "refresh",
            ["token_uri"] = $"http://{server.Host}/token",
        })));
        Assert.Equal("token-1", new GcsCredentials(new GcsOptions(), Http, clock).Current()!.Value);
        Assert.Equal("refresh", Assert.Single(server.Calls).Field("refresh_token"));
    }

    [Fact]
    public void AMachineOfGoogleHasATokenOfItsOwn()
    {
        using var server = Tokens();
        Set("CLOUDSDK_CONFIG", folder.Path);
        Set("GCE_METADATA_HOST", server.Host);
        Assert.Equal("token-1", new GcsCredentials(new GcsOptions(), Http, clock).Current()!.Value);
        Assert.Equal("Google", Assert.Single(server.Calls).Headers["Metadata-Flavor"]);
    }

    [Theory]
    [InlineData("{\"type\":\"external_account\"}", ErrorKind.Unsupported)]
    [InlineData("{\"type\":\"service_account\",\"private_key\":\"not-a-key\",\"client_email\":\"x\"}", ErrorKind.Denied)]
    [InlineData("not json", ErrorKind.Denied)]
    public void WhatIsNoLoginOfGoogleIsSaidSo(string text, ErrorKind kind)
    {
        var credentials = new GcsCredentials(new GcsOptions { CredentialsFile = Written("bad.json", text) }, Http, clock);
        var error = Assert.Throws<EngineException>(credentials.Current);
        Assert.Equal(kind, error.Kind);
        Assert.DoesNotContain("not-a-key", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AClientOfAzureAsksByItsSecret()
    {
        using var server = Tokens();
        Set("AZURE_AUTHORITY_HOST", $"http://{server.Host}/");
        var options = new AzureOptions { TenantId = "tenant", ClientId = "client", ClientSecret = "secret" };
        Assert.Equal("token-1", new AzureCredentials(options, Http, clock).Current().Token!.Value);
        var call = Assert.Single(server.Calls);
        Assert.Equal("POST /tenant/oauth2/v2.0/token", call.Target);
        Assert.Equal(("client", "secret", "https://storage.azure.com/.default"),
            (call.Field("client_id"), call.Field("client_secret"), call.Field("scope")));
    }

    [Fact]
    public void AWorkloadOfAzureReadsItsAssertionAnewEachTime()
    {
        using var server = Tokens();
        Set("AZURE_AUTHORITY_HOST", $"http://{server.Host}");
        Set("AZURE_TENANT_ID", "tenant");
        Set("AZURE_CLIENT_ID", "client");
        Set("AZURE_FEDERATED_TOKEN_FILE", Written("federated", "first\n"));
        var credentials = new AzureCredentials(new AzureOptions(), Http, clock);
        Assert.Equal("token-1", credentials.Current().Token!.Value);
        Written("federated", "second\n");
        clock.Pass(56 * 60_000);
        Assert.Equal("token-2", credentials.Current().Token!.Value);
        Assert.Equal(["first", "second"], server.Calls.Select(c => c.Field("client_assertion")));
    }

    [Fact]
    public void AMachineOfAzureHasAnIdentity()
    {
        using var server = Tokens();
        Set("AZURE_POD_IDENTITY_AUTHORITY_HOST", $"http://{server.Host}");
        Assert.Equal("token-1", new AzureCredentials(new AzureOptions { ClientId = "which" }, Http, clock).Current().Token!.Value);
        Set("IDENTITY_ENDPOINT", $"http://{server.Host}/msi/token");
        Set("IDENTITY_HEADER", "header");
        Assert.Equal("token-2", new AzureCredentials(new AzureOptions(), Http, clock).Current().Token!.Value);
        Assert.Equal("true", server.Calls[0].Headers["Metadata"]);
        Assert.EndsWith("&client_id=which", server.Calls[0].Target, StringComparison.Ordinal);
        Assert.Equal("header", server.Calls[1].Headers["X-IDENTITY-HEADER"]);
    }

    [Fact]
    public void WhoeverRefusesATokenIsQuotedWithoutWhatWasSent()
    {
        using var server = new StandIn(_ => (400, "{\"error\":\"invalid_client\",\"error_description\":\"secret-of-client\"}"));
        Set("AZURE_AUTHORITY_HOST", $"http://{server.Host}");
        var options = new AzureOptions { TenantId = "tenant", ClientId = "client", ClientSecret = "secret-of-client" };
        var error = Assert.Throws<EngineException>(() => new AzureCredentials(options, Http, clock).Current());
        Assert.Equal(ErrorKind.Denied, error.Kind);
        Assert.Contains("invalid_client", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-of-client", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AMachineOfAwsHandsOutKeysByTheSecondVersionOfItsService()
    {
        using var server = new StandIn(call => call.Target switch
        {
            "PUT /latest/api/token" => (200, "session"),
            "GET /latest/meta-data/iam/security-credentials/" => (200, "role"),
            var target when target.StartsWith("GET /latest/meta-data/iam/security-credentials", StringComparison.Ordinal) => (200,
                $$"""
                {"Code":"Success","Type":"AWS-HMAC","AccessKeyId":"AK","SecretAccessKey":"SK","Token":"TK",
                "LastUpdated":"2026-01-01T00:00:00Z","Expiration":"{{DateTime.UtcNow.AddHours(6):yyyy-MM-ddTHH:mm:ssZ}}"}
                """),
            _ => (404, ""),
        });
        Set("AWS_EC2_METADATA_SERVICE_ENDPOINT", $"http://{server.Host}");
        Set("AWS_CONFIG_FILE", folder.Path + "/none");
        Set("AWS_SHARED_CREDENTIALS_FILE", folder.Path + "/none");
        // The SDK reads where that service is once, and another test may have been first.
        Amazon.Runtime.Internal.FallbackInternalConfigurationFactory.Reset();
        var keys = new S3Credentials(new S3Options { Region = "eu-west-1" }, clock).Current();
        Assert.Equal(("AK", "SK", "TK"), (keys.AccessKey, keys.SecretKey, keys.Token));
        Assert.Contains(server.Calls, c => c.Target == "PUT /latest/api/token");
    }

    [Fact]
    public void AProfileOfAwsIsReadFromItsFiles()
    {
        Set("AWS_CONFIG_FILE", Written("config", "[profile lake]\nregion = eu-north-1\n"));
        Set("AWS_SHARED_CREDENTIALS_FILE", Written("credentials", "[lake]\naws_access_key_id = AKP\naws_secret_access_key = SKP\n"));
        var found = new S3Credentials(new S3Options { Profile = "lake" }, clock);
        Assert.Equal(("AKP", "SKP", "eu-north-1"), (found.Current().AccessKey, found.Current().SecretKey, found.Region()));
        var missing = new S3Credentials(new S3Options { Profile = "none", Region = "eu-west-1" }, clock);
        var error = Assert.Throws<EngineException>(missing.Current);
        Assert.Equal(ErrorKind.Denied, error.Kind);
        Assert.Contains("'none'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ARoleOfAwsIsAssumedByTheKeysThatThereAre()
    {
        using var sts = Sts("AssumeRole");
        var keys = new S3Credentials(new S3Options
        {
            Region = "eu-west-1",
            AccessKeyId = "AK",
            SecretAccessKey = "secret-of-keys",
            RoleArn = "arn:aws:iam::1:role/lake",
            RoleExternalId = "outside",
        }, clock).Current();
        Assert.Equal(("AKR", "SKR", "TKR"), (keys.AccessKey, keys.SecretKey, keys.Token));
        var call = Assert.Single(sts.Calls);
        Assert.Equal(("AssumeRole", "arn:aws:iam::1:role/lake", "outside"),
            (call.Field("Action"), call.Field("RoleArn"), call.Field("ExternalId")));
        Assert.Contains("Credential=AK/", call.Headers["Authorization"], StringComparison.Ordinal);
    }

    [Fact]
    public void AWorkloadOfAwsShowsItsTokenAndSignsNothing()
    {
        using var sts = Sts("AssumeRoleWithWebIdentity");
        Set("AWS_WEB_IDENTITY_TOKEN_FILE", Written("token", "token-of-pod"));
        Set("AWS_ROLE_ARN", "arn:aws:iam::1:role/pod");
        Set("AWS_ROLE_SESSION_NAME", "pod");
        Set("AWS_REGION", "eu-west-1");
        Set("AWS_CONFIG_FILE", folder.Path + "/none");
        Set("AWS_SHARED_CREDENTIALS_FILE", folder.Path + "/none");
        var found = new S3Credentials(new S3Options(), clock);
        Assert.Equal(("AKR", "TKR", "eu-west-1"), (found.Current().AccessKey, found.Current().Token, found.Region()));
        var call = Assert.Single(sts.Calls);
        Assert.Equal(("AssumeRoleWithWebIdentity", "token-of-pod"), (call.Field("Action"), call.Field("WebIdentityToken")));
        Assert.DoesNotContain("Authorization", call.Headers.Keys, StringComparer.OrdinalIgnoreCase);
    }

    [Fact]
    public void KeysThatAreGivenAreAskedForAgainBeforeTheyEnd()
    {
        var asked = 0;
        var options = (S3Options)StoreOptions.Of("s3://bucket", () => new Dictionary<string, string>
        {
            [S3Keys.AccessKeyId] = $"key-{++asked}",
            [S3Keys.SecretAccessKey] = "secret",
            [S3Keys.SessionToken] = "token",
            [S3Keys.SessionTokenEnds] = $"{clock.UnixMs + 900_000}",
        });
        var credentials = new S3Credentials(options, clock);
        Assert.Equal("key-1", credentials.Current().AccessKey);
        clock.Pass(9 * 60_000);
        Assert.Equal("key-1", credentials.Current().AccessKey);
        clock.Pass(2 * 60_000);
        Assert.Equal("key-2", credentials.Current().AccessKey);
        Assert.Equal(2, asked);
    }

    /// <summary>AWS's service that hands out keys of roles, as its interface describes the answer.</summary>
    private StandIn Sts(string action)
    {
        var server = new StandIn(_ => (200, $"""
            <{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result>
            <AssumedRoleUser><AssumedRoleId>R:k2i</AssumedRoleId><Arn>arn:aws:sts::1:assumed-role/lake/k2i</Arn></AssumedRoleUser>
            <Credentials><AccessKeyId>AKR</AccessKeyId><SecretAccessKey>SKR</SecretAccessKey><SessionToken>TKR</SessionToken>
            <Expiration>{DateTime.UtcNow.AddHours(1):yyyy-MM-ddTHH:mm:ssZ}</Expiration></Credentials>
            </{action}Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></{action}Response>
            """));
        Set("AWS_ENDPOINT_URL_STS", $"http://{server.Host}");
        return server;
    }

    private static StandIn Tokens()
    {
        var given = 0;
        return new StandIn(_ => (200, $"{{\"access_token\":\"token-{++given}\",\"expires_in\":3600,\"token_type\":\"Bearer\"}}"));
    }

    private void Set(string name, string value)
    {
        variables.Add(name);
        Environment.SetEnvironmentVariable(name, value);
    }

    private string Written(string name, string text)
    {
        var file = Path.Combine(folder.Path, name);
        File.WriteAllText(file, text);
        return file;
    }
}
