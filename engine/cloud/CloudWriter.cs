using System.Globalization;
using K2I.Base;
using K2I.Storage;

namespace K2I.Cloud;

/// <summary>
/// An object being written: by one request if it is no larger than a part, else part by part while it is still being made. Nothing of it is
/// to be seen before the end.
/// </summary>
/// <remarks>
/// The writer's thread fills a buffer, sets it on its way and goes on with another; where there is none, it waits for the part that has
/// been under way for longest, and sends again what did not arrive.
/// </remarks>
internal sealed class CloudWriter(CloudClient client, PartBuffers buffers, CloudPlace place, string token) : IObjectWriter
{
    private const int MostParts = 10_000;

    private readonly int partBytes = buffers.PartBytes;
    private readonly Queue<CloudPart> underWay = new();
    private readonly CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(CallScope.Token);
    private PartBuffer? buffer;
    private int filled;
    private CloudUpload? upload;
    private (CloudRequest Request, Task<HttpResponseMessage> Sent)? whole;
    private int parts;
    private bool isEnding;
    private bool isDone;
    private bool isDisposed;

    public string Location => place.Location;

    public long Length { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Check.That(!isEnding);
        while (!bytes.IsEmpty)
        {
            if (filled == partBytes) SendPart(isLast: false);
            buffer ??= buffers.Take();
            var taken = Math.Min(bytes.Length, partBytes - filled);
            bytes[..taken].CopyTo(buffer.GetSpan()[filled..]);
            filled += taken;
            Length += taken;
            bytes = bytes[taken..];
        }
    }

    public void BeginComplete()
    {
        Check.That(!isEnding);
        isEnding = true;
        if (upload is null)
        {
            var request = Whole();
            whole = (request, client.Start(request, stop.Token));
        }
        // A full buffer is sent once more bytes come, so the last part is never empty.
        else SendPart(isLast: true);
    }

    public void Complete()
    {
        Check.That(!isDone);
        if (upload is not null)
        {
            if (!isEnding) BeginComplete();
            while (underWay.Count > 0) Collect();
            upload.Complete(Length);
        }
        else
        {
            isEnding = true;
            var answer = whole is not { } begun ? client.Send(Whole())
                : client.Finish(begun.Request, begun.Sent) ?? client.Send(begun.Request, wasSent: true);
            if (!answer.IsSuccess) throw client.Refused(answer, place);
        }
        isDone = true;
    }

    public void Dispose()
    {
        if (isDisposed) return;
        isDisposed = true;
        stop.Cancel();
        // A buffer is free once its request has ended, however that is.
        if (whole is { } begun && !isDone) _ = client.Finish(begun.Request, begun.Sent);
        foreach (var part in underWay)
        {
            _ = client.Finish(part.Request, part.Sent);
            buffers.Give(part.Buffer);
        }
        if (buffer is not null) buffers.Give(buffer);
        if (upload?.Abort is { } abort && !isDone) client.Tidy(abort);
        stop.Dispose();
    }

    private CloudRequest Whole() =>
        client.Service.Put(place, buffer is null ? default : (ReadOnlyMemory<byte>)buffer.Memory[..filled], token, ifAbsent: false);

    private void SendPart(bool isLast)
    {
        if (upload is null)
        {
            var begun = client.Service.Upload(client, place, token);
            begun.Begin();
            upload = begun;
        }
        if (parts == MostParts)
            throw new EngineException(ErrorKind.Invalid, string.Create(CultureInfo.InvariantCulture,
                $"{Location} is larger than {MostParts} parts of {partBytes} bytes"));
        while (underWay.Count >= upload.PartsAtOnce) Collect();
        var number = ++parts;
        var request = upload.Part(number, Length - filled, buffer!.Memory[..filled], isLast);
        underWay.Enqueue(new CloudPart(number, buffer, request) { Sent = client.Start(request, stop.Token) });
        (buffer, filled) = (null, 0);
        while (underWay.TryPeek(out var oldest) && oldest.Sent.IsCompleted) Collect();
        if (isLast) return;
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
            upload!.Arrived(part, client.Finish(part.Request, part.Sent) ?? client.Send(part.Request));
        }
        finally
        {
            buffers.Give(part.Buffer);
        }
    }
}
