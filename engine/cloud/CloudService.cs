using K2I.Base;
using K2I.Storage;

namespace K2I.Cloud;

/// <summary>
/// What one kind of store has of its own: how it is asked, how its requests are signed, what its answers say. All else is the same for all
/// of them. Any thread.
/// </summary>
internal abstract class CloudService
{
    /// <summary>For messages.</summary>
    public abstract string Name { get; }

    /// <summary>What locations begin with, of the names in use the one that stands for all.</summary>
    public abstract string Scheme { get; }

    /// <summary>Most objects that one request removes.</summary>
    public const int MostDeletes = 1_000;

    /// <summary>It is known that it heeds conditions.</summary>
    public virtual bool HeedsConditions => true;

    /// <summary>Answers tell what was deleted from what was not there.</summary>
    public virtual bool DeleteTells => true;

    /// <summary>It can be asked for the last bytes of an object whose length is not known.</summary>
    public virtual bool HasSuffixRanges => true;

    /// <summary>The request as it is sent: where it goes, and who asks.</summary>
    /// <exception cref="EngineException">Denied, Unavailable: there are no credentials.</exception>
    public abstract HttpRequestMessage Message(CloudRequest request);

    public abstract CloudRequest Get(CloudPlace place);

    /// <summary>Bytes of an object, unless it is another version by now.</summary>
    /// <param name="range">As the header has it.</param>
    /// <param name="version">As <see cref="VersionOf"/> gave it; null for any.</param>
    public abstract CloudRequest GetRange(CloudPlace place, string range, string? version);

    /// <summary>Asks what <see cref="Found"/> tells.</summary>
    public abstract CloudRequest Look(CloudPlace place);

    public abstract CloudRequest Delete(CloudPlace place);

    /// <summary>Removes objects of one bucket, there or not; null where each takes a request of its own.</summary>
    public virtual CloudRequest? DeleteAll(IReadOnlyList<CloudPlace> places) => null;

    /// <summary>By their keys those objects that <see cref="DeleteAll"/> asked to be removed and that were not.</summary>
    /// <exception cref="EngineException">Corrupt: the answer is none.</exception>
    public virtual Dictionary<string, EngineException> NotDeleted(CloudAnswer answer, CloudPlace place) => [];

    /// <param name="token">A mark to be left on the object.</param>
    /// <param name="ifAbsent">Answered with 412 if there is one.</param>
    public abstract CloudRequest Put(CloudPlace place, ReadOnlyMemory<byte> body, string token, bool ifAbsent);

    /// <param name="delimiter">Where names end; null for all objects below.</param>
    /// <param name="next">As the page before had it.</param>
    public abstract CloudRequest List(CloudPlace place, string? delimiter, string? next);

    /// <summary>Null for what is no listing.</summary>
    public abstract CloudPage? Page(byte[] body);

    public abstract CloudUpload Upload(CloudClient client, CloudPlace place, string token);

    /// <summary>Asks for uploads that nobody has ended; null where they end by themselves.</summary>
    /// <param name="from">As the page before had it.</param>
    public virtual CloudRequest? ListUploads(CloudPlace place, (string Key, string? Id)? from) => null;

    /// <summary>What <see cref="ListUploads"/> asked for, by keys; null for what is no such list.</summary>
    public virtual (List<UnfinishedObject> Uploads, (string Key, string? Id)? Next)? Uploads(byte[] body) => null;

    /// <summary>Ends an upload without an object; null where none are listed.</summary>
    public virtual CloudRequest? AbortUpload(CloudPlace place, string id) => null;

    /// <summary>Of the successful answer to <see cref="Look"/>; null for what is none.</summary>
    public abstract CloudFound? Found(CloudAnswer answer);

    public abstract string? VersionOf(CloudAnswer answer);

    /// <summary>The answer with what its body says of an error; one that means another than its status says has that other.</summary>
    public abstract CloudAnswer Told(CloudAnswer answer, CloudRequest request);

    /// <summary>True if the same request is worth being signed anew, by credentials that are asked for anew.</summary>
    public virtual bool Renews(CloudAnswer answer) => false;

    /// <summary>Null for an answer whose meaning its caller knows.</summary>
    public EngineException? Error(CloudAnswer answer, CloudPlace place)
    {
        if (KindOf(answer) is not { } kind) return null;
        var (code, message) = answer.Error;
        var told = code.Length > 0 ? $"{answer.Status} {code}: {message}" : $"{answer.Status}";
        return new EngineException(kind, $"{place.Location}: {Name} answered {told}{Hint(answer)}");
    }

    /// <summary>The same request may be answered otherwise a moment later.</summary>
    public virtual bool Passes(CloudAnswer answer) => answer.Status is 408 or 429 or 500 or 502 or 503 or 504;

    protected virtual ErrorKind? KindOf(CloudAnswer answer) => answer.Status switch
    {
        >= 200 and < 300 or 404 or 412 or 416 => null,
        401 or 403 => ErrorKind.Denied,
        409 => Passes(answer) ? ErrorKind.Unavailable : ErrorKind.Conflict,
        501 => ErrorKind.Unsupported,
        507 => ErrorKind.Full,
        _ => Passes(answer) ? ErrorKind.Unavailable : ErrorKind.Invalid,
    };

    /// <summary>What to do about it.</summary>
    protected virtual string Hint(CloudAnswer answer) =>
        answer.Status is 301 or 302 or 307 or 308 ? "; it is elsewhere, and redirects are not followed: check the endpoint" : "";
}
