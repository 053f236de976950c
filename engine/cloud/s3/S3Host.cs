namespace K2I.Cloud;

/// <summary>Where a request goes: the bucket in the host's name or in the path.</summary>
internal static class S3Host
{
    /// <summary>Scheme and host, and the path, percent-encoded.</summary>
    public static (string Root, string Path) Of(S3Options options, string region, CloudPlace place)
    {
        var key = place.EncodedKey();
        if (options.Endpoint is { } endpoint)
        {
            var authority = endpoint.IsDefaultPort ? endpoint.Host : $"{endpoint.Host}:{endpoint.Port}";
            return options.PathStyle ?? true ? ($"{endpoint.Scheme}://{authority}", $"/{place.Bucket}/{key}")
                : ($"{endpoint.Scheme}://{place.Bucket}.{authority}", $"/{key}");
        }
        var host = $"s3.{region}.amazonaws.com{(region.StartsWith("cn-", StringComparison.Ordinal) ? ".cn" : "")}";
        // A certificate for *.s3… is none for a bucket with a dot.
        return options.PathStyle ?? place.Bucket.Contains('.', StringComparison.Ordinal) ? ($"https://{host}", $"/{place.Bucket}/{key}")
            : ($"https://{place.Bucket}.{host}", $"/{key}");
    }
}
