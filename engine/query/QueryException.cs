using K2I.Base;

namespace K2I.Query;

/// <summary>A query that has no answer. The message is for whoever asked, and holds no secret.</summary>
public sealed class QueryException(QueryFault fault, string message, Exception? inner = null)
    : EngineException(KindOf(fault), message, inner)
{
    public QueryFault Fault { get; } = fault;

    private static ErrorKind KindOf(QueryFault fault) => fault switch
    {
        QueryFault.BadQuestion or QueryFault.NoKey => ErrorKind.Invalid,
        QueryFault.NotFound => ErrorKind.NotFound,
        QueryFault.TooLarge => ErrorKind.Full,
        _ => ErrorKind.Unavailable,
    };
}
