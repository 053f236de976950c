using System.Globalization;
using System.Text;

namespace K2I.Cloud;

/// <summary>A blob of blocks, which become one when their list is put. Blocks that never do go by themselves after a week.</summary>
internal sealed class AzureUpload(CloudClient client, CloudPlace place, string token) : CloudUpload(client, place, token)
{
    private readonly List<string> blocks = [];

    public override CloudRequest Part(int number, long offset, ReadOnlyMemory<byte> body, bool isLast)
    {
        // Names of one blob's blocks have one length; the mark keeps those of two writers apart.
        blocks.Add(Convert.ToBase64String(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Token}-{number:D5}"))));
        return new(HttpMethod.Put, Place) { Query = [("blockid", blocks[^1]), ("comp", "block")], Body = body };
    }

    public override void Arrived(CloudPart part, CloudAnswer answer)
    {
        if (!answer.IsSuccess) throw Refused(answer);
    }

    public override void Complete(long length)
    {
        var answer = Client.Send(AzureService.Compose(Place, blocks, Token));
        if (answer.IsSuccess) return;
        if (answer.Status != 404) throw Refused(answer);
        FindOut(answer);
    }
}
