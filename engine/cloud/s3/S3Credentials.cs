using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Credentials;
using Amazon.RuntimeDependencies;
using Amazon.SecurityToken;
using K2I.Base;

namespace K2I.Cloud;

/// <summary>
/// Who asks, and in which region: keys that are given, a profile, or what AWS's own tools would find here (environment, profile files, web
/// identity,
/// container, machine). Found at the first request; what ends is renewed before it does. Any thread.
/// </summary>
internal sealed class S3Credentials
{
    private readonly S3Options options;
    private readonly Renewed<ImmutableCredentials> given;
    private readonly Lock gate = new();
    private AWSCredentials? found;
    private string? region;
    private S3Options? first;
    private volatile ImmutableCredentials? last;

    public S3Credentials(S3Options options, IClock? clock = null)
    {
        this.options = options;
        first = options;
        given = new(Given, clock ?? SystemClock.Instance);
    }

    /// <exception cref="EngineException">Denied: there are none. Unavailable: they cannot be had now.</exception>
    public ImmutableCredentials Current()
    {
        if (IsGiven(options) && options.RoleArn is null) return last = given.Current();
        try
        {
            lock (gate)
                found ??= Role(IsGiven(options) ? Basic(options)
                    : options.Profile is { } profile ? OfProfile(profile) : OfEnvironment());
            return found.GetCredentials();
        }
        catch (Exception error) when (error is AmazonServiceException or HttpRequestException)
        {
            throw new EngineException(ErrorKind.Unavailable, $"who hands out credentials for S3 does not: {error.Message}", error);
        }
        catch (Exception error) when (error is AmazonClientException or InvalidOperationException or ArgumentException or IOException)
        {
            throw new EngineException(ErrorKind.Denied, $"no credentials for S3 can be had: {error.Message}", error);
        }
    }

    /// <summary>Those last used have ended, whatever was said of their end. False where whoever gave them has no others.</summary>
    public bool Refuse()
    {
        if (options.Renewal is null || last is not { } used) return false;
        given.Refuse(used);
        return true;
    }

    /// <exception cref="EngineException">Invalid: nothing says which.</exception>
    public string Region()
    {
        lock (gate) return region ??= options.Region ?? Found() ?? (options.Endpoint is not null ? "us-east-1" : throw NoRegion());
    }

    private static bool IsGiven(S3Options options) => options is { AccessKeyId: not null, SecretAccessKey: not null };

    private static AWSCredentials Basic(S3Options options) => options.SessionToken is { } token
        ? new SessionAWSCredentials(options.AccessKeyId, options.SecretAccessKey, token)
        : new BasicAWSCredentials(options.AccessKeyId, options.SecretAccessKey);

    /// <summary>Those of the options, the first time; then those that whoever gave them has by now.</summary>
    private (ImmutableCredentials Value, long? EndsUnixMs) Given()
    {
        var now = Interlocked.Exchange(ref first, null)
            ?? (options.Renewal is { } renewal ? S3Options.Of(renewal(), null) : options);
        if (!IsGiven(now)) throw new EngineException(ErrorKind.Denied, "whoever gave keys of S3 gives none any more");
        return (new ImmutableCredentials(now.AccessKeyId, now.SecretAccessKey, now.SessionToken),
            options.Renewal is null ? null : now.SessionTokenEndsUnixMs);
    }

    /// <summary>The role to assume by these, if there is one.</summary>
    private AWSCredentials Role(AWSCredentials source)
    {
        if (options.RoleArn is not { } role) return source;
        Register(source);
        return new AssumeRoleAWSCredentials(source, role, "k2i",
            new AssumeRoleAWSCredentialsOptions { ExternalId = options.RoleExternalId });
    }

    private string? Found()
    {
        foreach (var name in (ReadOnlySpan<string>)["AWS_REGION", "AWS_DEFAULT_REGION"])
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } text) return text;
        if (options.Profile is { } wanted && new CredentialProfileStoreChain().TryGetProfile(wanted, out var profile))
            return profile.Region?.SystemName;
        // It would ask the machine, which an endpoint of one's own need not be in reach of.
        return options.Endpoint is null ? FallbackRegionFactory.GetRegionEndpoint()?.SystemName : null;
    }

    private static AWSCredentials OfEnvironment()
    {
        Register(null);
        return new DefaultAWSCredentialsIdentityResolver().ResolveIdentity(null);
    }

    private static AWSCredentials OfProfile(string name)
    {
        var chain = new CredentialProfileStoreChain();
        if (!chain.TryGetProfile(name, out var profile))
            throw new EngineException(ErrorKind.Denied, $"there is no profile '{name}' in AWS's configuration files");
        // A role is assumed by those whom its profile names as its source: the SDK does not tell its client who they are.
        AWSCredentials? source = null;
        if (profile.Options.SourceProfile is { Length: > 0 } from && !chain.TryGetAWSCredentials(from, out source))
            throw new EngineException(ErrorKind.Denied, $"profile '{name}' names '{from}' as its source, which has no credentials");
        Register(source);
        return AWSCredentialsFactory.GetAWSCredentials(profile, chain);
    }

    /// <summary>The SDK would look for its client of STS by reflection, which is not there.</summary>
    private static void Register(AWSCredentials? source) =>
        GlobalRuntimeDependencyRegistry.Instance.RegisterSecurityTokenServiceClient(context => Client(context, source));

    private static AmazonSecurityTokenServiceClient Client(CreateInstanceContext context, AWSCredentials? source)
    {
        var data = context.SecurityTokenServiceClientContextData;
        var at = data.Region ?? RegionEndpoint.USEast1;
        return data.Action == SecurityTokenServiceClientContext.ActionContext.AssumeRoleAWSCredentials && source is not null
            ? new AmazonSecurityTokenServiceClient(source, at)
            : new AmazonSecurityTokenServiceClient(new AnonymousAWSCredentials(), at);
    }

    private static EngineException NoRegion() => new(ErrorKind.Invalid, "nothing says which region of S3: set region, or AWS_REGION");
}
