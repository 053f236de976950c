using System.Collections.Immutable;
using K2I.Base;
using K2I.Cloud;
using K2I.Iceberg;
using K2I.Pipeline;
using K2I.Storage;

namespace K2I.Cli;

/// <summary>
/// The store of a catalog whose server hands out how files are reached: keys are the server's, how the network is from here the
/// configuration's.
/// </summary>
internal static class GrantedAccess
{
    /// <summary>Of the configuration: who one is, which is not for where a server says.</summary>
    private static readonly ImmutableArray<string> OfPersons =
    [
        S3Keys.AccessKeyId, S3Keys.SecretAccessKey, S3Keys.SessionToken, S3Keys.SessionTokenEnds, S3Keys.Profile, S3Keys.RoleArn,
        S3Keys.RoleExternalId, GcsKeys.Token, GcsKeys.TokenEnds, GcsKeys.CredentialsFile, GcsKeys.NoAuth, AzureKeys.AccountKey,
        AzureKeys.SasToken, AzureKeys.Token, AzureKeys.TenantId, AzureKeys.ClientId, AzureKeys.ClientSecret,
    ];

    /// <summary>Beginnings of what is taken of a server: nothing that names files of this machine, its proxy, or who one is here.</summary>
    private static readonly ImmutableArray<string> OfServers =
    [
        S3Keys.Region, S3Keys.Endpoint, S3Keys.PathStyle, S3Keys.AccessKeyId, S3Keys.SecretAccessKey, S3Keys.SessionToken,
        S3Keys.Encryption, S3Keys.EncryptionKey, S3Keys.StorageClass, S3Keys.RequesterPays, GcsKeys.Endpoint, GcsKeys.Token,
        GcsKeys.UserProject, AzureKeys.SasToken, AzureKeys.Token,
    ];

    /// <param name="own">For what nothing is handed out for; null for nothing else.</param>
    /// <param name="catalog">Whose server hands out.</param>
    /// <param name="options">Of the configuration.</param>
    /// <param name="cloud">Makes stores.</param>
    /// <param name="circuit">Around all that is reached so; null for none.</param>
    public static IObjectStore Over(IObjectStore? own, RestCatalog catalog, IcebergOptions options, CloudStores cloud,
        CircuitBreaker? circuit)
    {
        var ours = options.Storage.RemoveRange(options.Storage.Keys
            .Where(k => OfPersons.Any(p => k.StartsWith(p, StringComparison.Ordinal))));
        return new GrantedStore(own, catalog.Grants, (root, grant) =>
        {
            var store = cloud.Open(root, () => Properties(grant.Current(), ours), grant.Signer);
            return circuit is null ? store : new BreakerStore(store, circuit);
        });
    }

    private static ImmutableSortedDictionary<string, string> Properties(ImmutableSortedDictionary<string, string> granted,
        ImmutableSortedDictionary<string, string> ours) =>
        granted.RemoveRange(granted.Keys.Where(k => !OfServers.Any(s => k.StartsWith(s, StringComparison.Ordinal)))).SetItems(ours);
}
