using System.Collections.Immutable;
using System.Globalization;
using K2I.Cloud;

namespace K2I.Cli.Config;

/// <summary>Binds <c>[s3]</c>, <c>[gcs]</c> and <c>[azure]</c> to the properties that say how stores are reached.</summary>
internal static class StoreBinder
{
    private static readonly (ConfigKey Key, string Name)[] S3 =
    [
        (Keys.S3Region, S3Keys.Region), (Keys.S3Endpoint, S3Keys.Endpoint), (Keys.S3AccessKey, S3Keys.AccessKeyId),
        (Keys.S3SecretKey, S3Keys.SecretAccessKey), (Keys.S3SessionToken, S3Keys.SessionToken), (Keys.S3Profile, S3Keys.Profile),
        (Keys.S3CaFile, S3Keys.CaFile), (StoreKeys.S3Role, S3Keys.RoleArn), (StoreKeys.S3ExternalId, S3Keys.RoleExternalId),
        (StoreKeys.S3EncryptionKey, S3Keys.EncryptionKey), (StoreKeys.S3StorageClass, S3Keys.StorageClass),
        (StoreKeys.S3Proxy, S3Keys.Proxy),
    ];

    private static readonly (ConfigKey Key, string Name)[] Gcs =
    [
        (StoreKeys.GcsCredentials, GcsKeys.CredentialsFile), (StoreKeys.GcsToken, GcsKeys.Token),
        (StoreKeys.GcsUserProject, GcsKeys.UserProject), (StoreKeys.GcsStorageClass, GcsKeys.StorageClass),
        (StoreKeys.GcsEncryptionKey, GcsKeys.EncryptionKey), (StoreKeys.GcsEndpoint, GcsKeys.Endpoint),
        (StoreKeys.GcsCaFile, GcsKeys.CaFile), (StoreKeys.GcsProxy, GcsKeys.Proxy),
    ];

    private static readonly (ConfigKey Key, string Name)[] Azure =
    [
        (StoreKeys.AzureAccountKey, AzureKeys.AccountKey), (StoreKeys.AzureSas, AzureKeys.SasToken),
        (StoreKeys.AzureToken, AzureKeys.Token), (StoreKeys.AzureTenant, AzureKeys.TenantId), (StoreKeys.AzureClient, AzureKeys.ClientId),
        (StoreKeys.AzureSecret, AzureKeys.ClientSecret), (StoreKeys.AzureEndpoint, AzureKeys.Endpoint),
        (StoreKeys.AzureCaFile, AzureKeys.CaFile), (StoreKeys.AzureProxy, AzureKeys.Proxy),
    ];

    public static ImmutableSortedDictionary<string, string> Bind(ValueReader s3, ValueReader gcs, ValueReader azure)
    {
        var properties = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        Texts(s3, S3);
        Texts(gcs, Gcs);
        Texts(azure, Azure);
        foreach (var (values, key, name) in ((ValueReader, ConfigKey, string)[])
        [
            (s3, Keys.S3PathStyle, S3Keys.PathStyle), (s3, StoreKeys.S3Encryption, S3Keys.Encryption),
            (s3, StoreKeys.S3RequesterPays, S3Keys.RequesterPays), (gcs, StoreKeys.GcsAnonymous, GcsKeys.NoAuth),
        ])
            if (values.Choice(key) is > 0 and var choice) properties[name] = key.Choices[choice];
        foreach (var (values, key, name) in ((ValueReader, ConfigKey, string)[])
        [
            (s3, Keys.S3UploadMemory, S3Keys.UploadMemory), (gcs, StoreKeys.GcsUploadMemory, GcsKeys.UploadMemory),
            (azure, StoreKeys.AzureUploadMemory, AzureKeys.UploadMemory),
        ])
        {
            var memory = values.Bytes(key, 8L << 20, 1L << 36);
            if (values.Changes(key)) properties[name] = memory.ToString(CultureInfo.InvariantCulture);
        }
        Tags(s3, properties);
        CheckS3(s3);
        CheckAzure(azure);
        Addresses(gcs, StoreKeys.GcsEndpoint, StoreKeys.GcsProxy);
        if (gcs.Has(StoreKeys.GcsToken) && gcs.Has(StoreKeys.GcsCredentials))
            gcs.Wrong(StoreKeys.GcsToken, "stands against credentials_file", "set one of them");
        return properties.Count == 0 ? ImmutableSortedDictionary<string, string>.Empty : properties.ToImmutable();

        void Texts(ValueReader values, (ConfigKey Key, string Name)[] keys)
        {
            foreach (var (key, name) in keys)
                if (values.Text(key) is { Length: > 0 } text) properties[name] = text;
        }
    }

    private static void Tags(ValueReader values, ImmutableSortedDictionary<string, string>.Builder properties)
    {
        var tags = values.Text(StoreKeys.S3Tags) ?? "";
        foreach (var tag in tags.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (tag.Split('=', 2, StringSplitOptions.TrimEntries) is [{ Length: > 0 } name, var value])
                properties[S3Keys.TagPrefix + name] = value;
            else values.Bad(StoreKeys.S3Tags);
        }
    }

    private static void CheckS3(ValueReader values)
    {
        Addresses(values, Keys.S3Endpoint, StoreKeys.S3Proxy);
        if (values.Has(Keys.S3AccessKey) && !values.Has(Keys.S3SecretKey)) values.Missing(Keys.S3SecretKey, "it belongs to access_key_id");
        foreach (var key in new[] { Keys.S3SecretKey, Keys.S3SessionToken })
            if (values.Has(key) && !values.Has(Keys.S3AccessKey)) values.Wrong(key, "has no meaning without access_key_id");
        if (values.Has(Keys.S3AccessKey) && values.Has(Keys.S3Profile))
            values.Wrong(Keys.S3Profile, "stands against access_key_id", "set one of them");
        if (values.Has(StoreKeys.S3ExternalId) && !values.Has(StoreKeys.S3Role))
            values.Wrong(StoreKeys.S3ExternalId, "has no meaning without role_arn");
        if (values.Has(StoreKeys.S3EncryptionKey) && values.Text(StoreKeys.S3Encryption) is not ("kms" or "dsse"))
            values.Wrong(StoreKeys.S3EncryptionKey, "has no meaning without encryption = kms or dsse");
    }

    private static void CheckAzure(ValueReader values)
    {
        Addresses(values, StoreKeys.AzureEndpoint, StoreKeys.AzureProxy);
        if (values.Text(StoreKeys.AzureAccountKey) is { Length: > 0 } key && !Convert.TryFromBase64String(key, new byte[key.Length], out _))
            values.Bad(StoreKeys.AzureAccountKey);
        foreach (var other in new[] { StoreKeys.AzureSas, StoreKeys.AzureToken })
            if (values.Has(StoreKeys.AzureAccountKey) && values.Has(other))
                values.Wrong(other, "stands against account_key", "set one of them");
        if (values.Has(StoreKeys.AzureSas) && values.Has(StoreKeys.AzureToken))
            values.Wrong(StoreKeys.AzureToken, "stands against sas_token", "set one of them");
        if (values.Has(StoreKeys.AzureSecret))
            foreach (var needed in new[] { StoreKeys.AzureTenant, StoreKeys.AzureClient })
                if (!values.Has(needed)) values.Missing(needed, "it belongs to client_secret");
    }

    private static void Addresses(ValueReader values, params ConfigKey[] keys)
    {
        foreach (var key in keys)
            if (values.Text(key) is { Length: > 0 } text && StoreOptions.AddressFlaw(text) is not null) values.Bad(key);
    }
}
