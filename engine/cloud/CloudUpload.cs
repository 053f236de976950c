using K2I.Base;

namespace K2I.Cloud;

/// <summary>
/// An upload of parts, as its store has it. Nothing of it is to be seen before <see cref="Complete"/>. One thread at a time.
/// </summary>
internal abstract class CloudUpload(CloudClient client, CloudPlace place, string token)
{
    public CloudPlace Place => place;

    /// <summary>How many parts may be on their way at a time.</summary>
    public virtual int PartsAtOnce => int.MaxValue;

    /// <summary>Undoes it, where the store would not by itself; null if there is nothing to undo.</summary>
    public virtual CloudRequest? Abort => null;

    protected CloudClient Client => client;

    /// <summary>The mark to be left on the object.</summary>
    protected string Token => token;

    public virtual void Begin()
    {
    }

    /// <param name="number">From 1 on.</param>
    /// <param name="offset">Where in the object it begins.</param>
    /// <param name="isLast">None follows it.</param>
    public abstract CloudRequest Part(int number, long offset, ReadOnlyMemory<byte> body, bool isLast);

    /// <summary>What a part was answered with.</summary>
    public abstract void Arrived(CloudPart part, CloudAnswer answer);

    /// <summary>All parts have arrived: the object is there afterwards.</summary>
    /// <param name="length">Bytes of all parts.</param>
    public abstract void Complete(long length);

    /// <summary>
    /// The upload is gone: it was completed by a sending whose answer was lost, or given up by someone. The object tells.
    /// </summary>
    protected void FindOut(CloudAnswer answer)
    {
        if (client.HasToken(place, token) == true) return;
        throw answer.AfterDoubt
            ? new EngineException(ErrorKind.Unknown,
                $"{place.Location}: its upload is gone, and what is there is not known to be its object")
            : new EngineException(ErrorKind.Unavailable, $"{place.Location}: its upload was aborted by someone else");
    }

    protected EngineException Refused(CloudAnswer answer) => client.Refused(answer, place);
}
