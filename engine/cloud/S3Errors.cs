using K2I.Base;

namespace K2I.Cloud;

/// <summary>What answers of S3 mean, for stores that speak like it, too.</summary>
internal static class S3Errors
{
    /// <summary>Null for an answer whose meaning its caller knows.</summary>
    public static EngineException? Of(S3Answer answer, S3Place place)
    {
        var (code, message) = answer.Error;
        ErrorKind? kind = answer.Status switch
        {
            >= 200 and < 300 or 412 or 416 => null,
            404 => code switch
            {
                "NoSuchBucket" => ErrorKind.NotFound,
                // A gateway's way to say that it does not know the key.
                "XAdminUserNotFound" => ErrorKind.Denied,
                _ => null,
            },
            400 when code is "ExpiredToken" or "InvalidToken" or "TokenRefreshRequired" => ErrorKind.Denied,
            401 or 403 => ErrorKind.Denied,
            409 => Passes(answer) ? ErrorKind.Unavailable : ErrorKind.Conflict,
            429 or 500 or 502 or 503 or 504 => ErrorKind.Unavailable,
            501 => ErrorKind.Unsupported,
            507 => ErrorKind.Full,
            _ => Passes(answer) ? ErrorKind.Unavailable : ErrorKind.Invalid,
        };
        if (kind is not { } known) return null;
        var hint = answer switch
        {
            { Region: { } region, Status: 301 or 307 or 400 } => $"; the bucket is in region {region}",
            { Status: 301 or 302 or 307 or 308 } => "; it is elsewhere, and redirects are not followed: check region and endpoint",
            _ => "",
        };
        var told = code.Length > 0 ? $"{answer.Status} {code}: {message}" : $"{answer.Status}";
        return new EngineException(known, $"{place.Location}: S3 answered {told}{hint}");
    }

    /// <summary>The same request may be answered otherwise a moment later.</summary>
    public static bool Passes(S3Answer answer) => answer.Status switch
    {
        429 or 500 or 502 or 503 or 504 => true,
        // A bucket that is so new that its name leads astray.
        307 => true,
        409 => answer.Error.Code is "ConditionalRequestConflict" or "OperationAborted",
        // Bytes that were damaged or cut on the way.
        400 => answer.Error.Code is "RequestTimeout" or "BadDigest" or "IncompleteBody" or "InvalidDigest" or "XAmzContentSHA256Mismatch"
            or "InternalError",
        _ => false,
    };
}
