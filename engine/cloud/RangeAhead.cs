namespace K2I.Cloud;

/// <summary>Bytes of an object that are expected to be read: one request's, on their way once there is a task. A reader's.</summary>
internal sealed class RangeAhead(long offset, int length)
{
    /// <summary>Where what was not read yet begins, as long as nothing is on its way.</summary>
    public long Offset { get; private set; } = offset;

    /// <summary>Exclusive.</summary>
    public long End { get; private set; } = offset + length;

    public int Length => (int)(End - Offset);

    /// <summary>Of them those that someone will read: the others lie between.</summary>
    public long Wanted { get; set; } = length;

    /// <summary>Null until they are on their way.</summary>
    public PartBuffer? Buffer { get; private set; }

    public CloudRequest? Request { get; private set; }

    public Task<CloudAnswer?>? Sent { get; private set; }

    public bool Holds(long at) => at >= Offset && at < End;

    public void Extend(long end, long wanted) => (End, Wanted) = (end, Wanted + wanted);

    /// <summary>Bytes up to <paramref name="end"/> were read otherwise.</summary>
    public void Pass(long end) => Offset = Math.Min(End, Math.Max(Offset, end));

    /// <summary>What came when it was sent again.</summary>
    public CloudAnswer Settle(CloudAnswer answer)
    {
        Sent = Task.FromResult<CloudAnswer?>(answer);
        return answer;
    }

    public void Start(PartBuffer buffer, CloudRequest request, Task<CloudAnswer?> sent) =>
        (Buffer, Request, Sent) = (buffer, request, sent);
}
