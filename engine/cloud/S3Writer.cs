using System.Globalization;
using K2I.Base;
using K2I.Storage;

namespace K2I.Cloud;

/// <summary>
/// An object being written: by one request if it is no larger than a part, else part by part while it is still being made. Nothing of it is
/// to be
/// seen before the end.
/// </summary>
/// <remarks>
/// The writer's thread fills a buffer, sets it on its way and goes on with another; where there is none, it waits for the part that has
/// been under
/// way for longest, and sends again what did not arrive.
/// </remarks>
internal sealed class S3Writer(S3Client client, PartBuffers buffers, int partBytes, S3Place place, string token) : IObjectWriter
{
    private const int MostParts = 10_000;

    private readonly List<S3Part> parts = [];
    private readonly Queue<S3Part> underWay = new();
    private readonly CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(CallScope.Token);
    private PartBuffer? buffer;
    private int filled;
    private string? uploadId;
    private bool isDone;
    private bool isDisposed;

    public string Location => place.Location;

    public long Length { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Check.That(!isDone);
        while (!bytes.IsEmpty)
        {
            if (filled == partBytes) SendPart(more: true);
            buffer ??= buffers.Take();
            var taken = Math.Min(bytes.Length, partBytes - filled);
            bytes[..taken].CopyTo(buffer.GetSpan()[filled..]);
            filled += taken;
            Length += taken;
            bytes = bytes[taken..];
        }
    }

    public void Complete()
    {
        Check.That(!isDone);
        if (uploadId is null) PutWhole();
        else CompleteUpload();
        isDone = true;
    }

    public void Dispose()
    {
        if (isDisposed) return;
        isDisposed = true;
        stop.Cancel();
        // A buffer is free once its request has ended, however that is.
        foreach (var part in underWay)
        {
            _ = client.Finish(part.Sent);
            buffers.Give(part.Buffer);
        }
        if (buffer is not null) buffers.Give(buffer);
        if (uploadId is not null && !isDone) client.Tidy(new S3Request(HttpMethod.Delete, place) { Query = [("uploadId", uploadId)] });
        stop.Dispose();
    }

    private void PutWhole()
    {
        var body = buffer is null ? default : (ReadOnlyMemory<byte>)buffer.Memory[..filled];
        var answer = client.Send(new S3Request(HttpMethod.Put, place)
        {
            Headers = [(S3Store.ChecksumHeader, S3Store.Checksum(body.Span)), (S3Store.TokenHeader, token)],
            Body = body,
            Changes = true,
        });
        if (!answer.IsSuccess) throw Refused(answer);
    }

    private void SendPart(bool more)
    {
        uploadId ??= StartUpload();
        if (parts.Count == MostParts)
            throw new EngineException(ErrorKind.Invalid, string.Create(CultureInfo.InvariantCulture,
                $"{Location} is larger than {MostParts} parts of {partBytes} bytes"));
        var number = parts.Count + 1;
        var body = buffer!.Memory[..filled];
        var checksum = S3Store.Checksum(body.Span);
        var request = new S3Request(HttpMethod.Put, place)
        {
            Query = [("partNumber", number.ToString(CultureInfo.InvariantCulture)), ("uploadId", uploadId)],
            Headers = [(S3Store.ChecksumHeader, checksum)],
            Body = body,
        };
        var part = new S3Part(number, buffer, request, checksum) { Sent = client.Start(request, stop.Token) };
        parts.Add(part);
        underWay.Enqueue(part);
        (buffer, filled) = (null, 0);
        while (underWay.TryPeek(out var oldest) && oldest.Sent.IsCompleted) Collect();
        if (!more) return;
        buffer = buffers.TryTake();
        if (buffer is not null) return;
        if (underWay.Count > 0) Collect();
        buffer = buffers.Take();
    }

    /// <summary>The oldest part under way has arrived afterwards.</summary>
    private void Collect()
    {
        var part = underWay.Dequeue();
        try
        {
            var answer = client.Finish(part.Sent) ?? client.Send(part.Request);
            if (!answer.IsSuccess) throw Refused(answer);
            part.ETag = answer.ETag ?? throw new EngineException(ErrorKind.Unsupported, $"{Location}: the store gave a part no ETag");
        }
        finally
        {
            buffers.Give(part.Buffer);
        }
    }

    private string StartUpload()
    {
        var answer = client.Send(new S3Request(HttpMethod.Post, place)
        {
            Query = [("uploads", null)],
            Headers = [("x-amz-checksum-algorithm", "CRC32C"), (S3Store.TokenHeader, token)],
        });
        if (!answer.IsSuccess) throw Refused(answer);
        return S3Text.UploadId(answer.Body) ?? throw new EngineException(ErrorKind.Unsupported,
            $"{Location}: the store began an upload without a name");
    }

    private void CompleteUpload()
    {
        if (filled > 0) SendPart(more: false);
        while (underWay.Count > 0) Collect();
        var answer = client.Send(new S3Request(HttpMethod.Post, place)
        {
            Query = [("uploadId", uploadId)],
            Body = S3Text.PartList(parts),
            Changes = true,
        });
        if (answer.IsSuccess) return;
        // No such upload: it was completed by a sending whose answer was lost, or aborted by someone. The object tells.
        if (answer.Status != 404) throw Refused(answer);
        if (S3Store.HasToken(client, place, token) == true) return;
        throw answer.AfterDoubt
            ? new EngineException(ErrorKind.Unknown, $"{Location}: its upload is gone, and what is there is not known to be its object")
            : new EngineException(ErrorKind.Unavailable, $"{Location}: its upload was aborted by someone else");
    }

    private EngineException Refused(S3Answer answer) =>
        new(answer.Status == 404 && answer.Error.Code != "NoSuchUpload" ? ErrorKind.NotFound : ErrorKind.Unavailable,
            $"{Location}: S3 answered {answer.Status} {answer.Error.Code} {answer.Error.Message}".TrimEnd());
}
