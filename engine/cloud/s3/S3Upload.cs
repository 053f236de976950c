using System.Globalization;
using K2I.Base;

namespace K2I.Cloud;

/// <summary>A multipart upload.</summary>
internal sealed class S3Upload(CloudClient client, CloudPlace place, string token, S3Service service) : CloudUpload(client, place, token)
{
    private readonly List<(int Number, string ETag, string Checksum)> arrived = [];
    private readonly List<string> checksums = [];
    private string? uploadId;

    public override CloudRequest? Abort =>
        uploadId is null ? null : service.AbortUpload(Place, uploadId);

    public override void Begin()
    {
        var answer = Client.Send(new CloudRequest(HttpMethod.Post, Place)
        {
            Query = [("uploads", null)],
            Headers = service.OfUpload(Token),
        });
        if (!answer.IsSuccess) throw Refused(answer);
        uploadId = S3Text.UploadId(answer.Body) ?? throw new EngineException(ErrorKind.Unsupported,
            $"{Place.Location}: the store began an upload without a name");
    }

    public override CloudRequest Part(int number, long offset, ReadOnlyMemory<byte> body, bool isLast)
    {
        checksums.Add(S3Service.Checksum(body.Span));
        return new CloudRequest(HttpMethod.Put, Place)
        {
            Query = [("partNumber", number.ToString(CultureInfo.InvariantCulture)), ("uploadId", uploadId)],
            Headers = [S3Service.OfPart(checksums[^1])],
            Body = body,
        };
    }

    public override void Arrived(CloudPart part, CloudAnswer answer)
    {
        if (!answer.IsSuccess) throw Refused(answer);
        arrived.Add((part.Number, answer.Header("ETag") ?? throw new EngineException(ErrorKind.Unsupported,
            $"{Place.Location}: the store gave a part no ETag"), checksums[part.Number - 1]));
    }

    public override void Complete(long length)
    {
        var answer = Client.Send(new CloudRequest(HttpMethod.Post, Place)
        {
            Query = [("uploadId", uploadId)],
            Body = S3Text.PartList(arrived),
            Changes = true,
        });
        if (answer.IsSuccess) return;
        if (answer.Status != 404) throw Refused(answer);
        FindOut(answer);
    }
}
