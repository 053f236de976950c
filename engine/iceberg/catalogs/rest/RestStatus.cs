using K2I.Base;

namespace K2I.Iceberg;

/// <summary>What the statuses of answers mean for the caller.</summary>
internal static class RestStatus
{
    /// <summary>
    /// The server may have carried the request out, or still may. 503 too: gateways give it after the server behind them worked.
    /// </summary>
    public static bool IsUncertain(int status) => status is 408 or 499 or >= 500;

    /// <summary>Someone else was first. Some servers say 400 where they mean that the base was stale.</summary>
    public static bool IsConflict(RestAnswer answer) => answer.Status is 409 or 412 || (answer.Status == 400 && IsStale(answer.Problem));

    /// <summary>The kind of a certain refusal.</summary>
    public static ErrorKind KindOf(int status) => status switch
    {
        401 or 403 or 419 => ErrorKind.Denied,
        404 => ErrorKind.NotFound,
        405 or 406 or (>= 300 and < 400) => ErrorKind.Unsupported,
        425 or 429 => ErrorKind.Unavailable,
        _ => ErrorKind.Invalid,
    };

    private static bool IsStale(string problem) =>
        problem.Contains("older than last sequence number", StringComparison.OrdinalIgnoreCase)
            || problem.Contains("first-row-id is behind", StringComparison.OrdinalIgnoreCase);
}
