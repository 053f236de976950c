namespace K2I.Base;

/// <summary>
/// An operating error: expected, named, and mapped once at the boundary where it arose. Bugs throw other types. One that tells its caller
/// more to act on than a kind is a type of its own below this.
/// </summary>
public class EngineException(ErrorKind kind, string message, Exception? inner = null) : Exception(message, inner)
{
    public ErrorKind Kind { get; } = kind;

    /// <summary>True where the same call may succeed later without anyone changing its input.</summary>
    public bool Retryable => Kind is ErrorKind.Conflict or ErrorKind.Unavailable or ErrorKind.Full;
}
