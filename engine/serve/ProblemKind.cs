namespace K2I.Serve;

/// <summary>A way in which a request gets no answer.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Name">What programs tell it by: <c>urn:k2i:problem:NAME</c>.</param>
/// <param name="Title">The same in words, whatever the request was.</param>
internal sealed record ProblemKind(int Status, string Name, string Title)
{
    public static readonly ProblemKind BadQuestion = new(400, "bad-question", "The question is wrong");
    public static readonly ProblemKind NoToken = new(401, "no-token", "A bearer token is needed");
    public static readonly ProblemKind NotFound = new(404, "not-found", "There is no such thing");
    public static readonly ProblemKind NoRow = new(404, "no-row", "No row has the key");
    public static readonly ProblemKind BadMethod = new(405, "bad-method", "Only GET and HEAD");
    public static readonly ProblemKind NotAcceptable = new(406, "not-acceptable", "There is no such form of the answer");
    public static readonly ProblemKind HasBody = new(413, "has-body", "A request has no body here");
    public static readonly ProblemKind TooLarge = new(413, "too-large", "The answer is too large");
    public static readonly ProblemKind ForeignHost = new(421, "foreign-host", "The Host header is not this server's");
    public static readonly ProblemKind NoKey = new(422, "no-key", "The table has no key");
    public static readonly ProblemKind Bug = new(500, "bug", "Internal error");
    public static readonly ProblemKind Unavailable = new(503, "unavailable", "The table cannot be read now") { RetryAfterSeconds = 5 };
    public static readonly ProblemKind Busy = new(503, "busy", "As many queries run as may") { RetryAfterSeconds = 1 };
    public static readonly ProblemKind TakenBack = new(503, "taken-back", "The rows were taken back") { RetryAfterSeconds = 1 };
    public static readonly ProblemKind NotReached = new(504, "not-reached", "The offsets were not reached in time");
    public static readonly ProblemKind TimedOut = new(504, "timed-out", "The query took too long");

    /// <summary>When it is worth asking again; null where the same request does not help.</summary>
    public int? RetryAfterSeconds { get; init; }

    public string Type => "urn:k2i:problem:" + Name;
}
