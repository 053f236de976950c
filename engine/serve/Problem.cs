using System.Buffers;
using System.Text.Json;
using K2I.Query;

namespace K2I.Serve;

/// <summary>Why one request gets no answer. Source: RFC 9457.</summary>
/// <param name="Kind">For programs.</param>
/// <param name="Detail">For people; holds no secret.</param>
internal sealed record Problem(ProblemKind Kind, string Detail)
{
    public const string MediaType = "application/problem+json";

    public static Problem Of(QueryException error) => new(KindOf(error.Fault), error.Message);

    public void Write(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        json.WriteString("type", Kind.Type);
        json.WriteString("title", Kind.Title);
        json.WriteNumber("status", Kind.Status);
        json.WriteString("detail", Detail);
        json.WriteEndObject();
    }

    private static ProblemKind KindOf(QueryFault fault) => fault switch
    {
        QueryFault.BadQuestion => ProblemKind.BadQuestion,
        QueryFault.NotFound => ProblemKind.NotFound,
        QueryFault.NoKey => ProblemKind.NoKey,
        QueryFault.Busy => ProblemKind.Busy,
        QueryFault.NotReached => ProblemKind.NotReached,
        QueryFault.TimedOut => ProblemKind.TimedOut,
        QueryFault.TooLarge => ProblemKind.TooLarge,
        QueryFault.TakenBack => ProblemKind.TakenBack,
        _ => ProblemKind.Unavailable,
    };
}
