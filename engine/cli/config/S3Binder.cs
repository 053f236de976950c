using System.Collections.Immutable;
using System.Globalization;
using K2I.Cloud;

namespace K2I.Cli.Config;

/// <summary>Binds <c>[s3]</c> to the properties that say how a store is reached.</summary>
internal static class S3Binder
{
    public static ImmutableSortedDictionary<string, string> Bind(ValueReader values)
    {
        var properties = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (key, name) in ((ConfigKey, string)[])
        [
            (Keys.S3Region, S3Keys.Region), (Keys.S3Endpoint, S3Keys.Endpoint), (Keys.S3AccessKey, S3Keys.AccessKeyId),
            (Keys.S3SecretKey, S3Keys.SecretAccessKey), (Keys.S3SessionToken, S3Keys.SessionToken), (Keys.S3Profile, S3Keys.Profile),
            (Keys.S3CaFile, S3Keys.CaFile),
        ])
            if (values.Text(key) is { Length: > 0 } text) properties[name] = text;
        if (values.Choice(Keys.S3PathStyle) is > 0 and var style) properties[S3Keys.PathStyle] = Keys.S3PathStyle.Choices[style];
        var memory = values.Bytes(Keys.S3UploadMemory, 8L << 20, 1L << 36);
        if (values.Changes(Keys.S3UploadMemory)) properties[S3Keys.UploadMemory] = memory.ToString(CultureInfo.InvariantCulture);
        Check(values);
        return properties.Count == 0 ? ImmutableSortedDictionary<string, string>.Empty : properties.ToImmutable();
    }

    private static void Check(ValueReader values)
    {
        if (values.Text(Keys.S3Endpoint) is { Length: > 0 } endpoint && S3Options.EndpointFlaw(endpoint) is not null)
            values.Bad(Keys.S3Endpoint);
        if (values.Has(Keys.S3AccessKey) && !values.Has(Keys.S3SecretKey)) values.Missing(Keys.S3SecretKey, "it belongs to access_key_id");
        foreach (var key in new[] { Keys.S3SecretKey, Keys.S3SessionToken })
            if (values.Has(key) && !values.Has(Keys.S3AccessKey)) values.Wrong(key, "has no meaning without access_key_id");
        if (values.Has(Keys.S3AccessKey) && values.Has(Keys.S3Profile))
            values.Wrong(Keys.S3Profile, "stands against access_key_id", "set one of them");
    }
}
