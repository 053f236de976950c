using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;
using K2I.Cloud;
using K2I.Memory;

namespace K2I.Bench;

/// <summary>
/// An object of 128 MiB from native memory to S3 in parts of 8 MiB, four under way at a time, in turns by three clients: the engine's, a
/// bare <see cref="HttpClient"/> over the same bytes whose addresses are signed beforehand, and AWS's SDK in two ways. Prints the median
/// of MB/s and of CPU seconds a GB, all threads, what the kernel does for them included.
/// </summary>
/// <remarks>The bare client neither copies nor sums what it sends, nor asks for the upload and its end: it is the floor.</remarks>
internal sealed class Uploads : IDisposable
{
    private const int ObjectBytes = 128 << 20, PartBytes = 8 << 20, PartsAtOnce = 4, PieceBytes = 1 << 20;
    private const string Bucket = "warehouse", Key = "test", Secret = "testtest";

    private readonly NativeBuffer bytes = NativeBuffer.Reserve(MemoryTag.Upload, ObjectBytes);
    private readonly CloudStore store;
    private readonly HttpClient http = new(new SocketsHttpHandler { UseCookies = false });
    private readonly AmazonS3Client sdk;
    private readonly bool isTls;

    /// <param name="endpoint">A store that knows the keys <c>test</c>, <c>testtest</c> and has a bucket <c>warehouse</c>.</param>
    public Uploads(Uri endpoint)
    {
        isTls = endpoint.Scheme == "https";
        new Random(1).NextBytes(bytes.Slice(0, ObjectBytes));
        store = new CloudStore($"s3://{Bucket}/bench", new S3Options { Endpoint = endpoint, AccessKeyId = Key, SecretAccessKey = Secret });
        sdk = new AmazonS3Client(new BasicAWSCredentials(Key, Secret), new AmazonS3Config
        {
            ServiceURL = endpoint.ToString(),
            ForcePathStyle = true,
            AuthenticationRegion = "us-east-1",
            BufferSize = 1 << 20,
        });
    }

    public void Run(int rounds)
    {
        (string Name, Func<Task> Upload)[] ways =
        [
            ("engine", Engine), ("bare HttpClient", Bare), ("SDK, UploadPart", SdkParts), ("SDK, TransferUtility", SdkTransfer),
        ];
        var figures = new (double[] Rate, double[] Cpu)[ways.Length];
        for (var way = 0; way < ways.Length; way++) figures[way] = (new double[rounds], new double[rounds]);
        for (var round = -1; round < rounds; round++)
            for (var way = 0; way < ways.Length; way++)
            {
                var (clock, cpu) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
                ways[way].Upload().GetAwaiter().GetResult();
                var (seconds, used) = (clock.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - cpu).TotalSeconds);
                // The first round makes connections.
                if (round < 0) continue;
                (figures[way].Rate[round], figures[way].Cpu[round]) = (ObjectBytes / seconds / 1e6, used / ObjectBytes * 1e9);
            }
        for (var way = 0; way < ways.Length; way++)
        {
            var (rate, cpu) = figures[way];
            Array.Sort(rate);
            Array.Sort(cpu);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{ways[way].Name,-22} {rate[rounds / 2],6:0} MB/s ({rate[0]:0} to {rate[^1]:0})  "
                    + $"{cpu[rounds / 2],6:0.000} CPU s/GB ({cpu[0]:0.000} to {cpu[^1]:0.000})"));
        }
    }

    public void Dispose()
    {
        http.Dispose();
        sdk.Dispose();
        bytes.Dispose();
    }

    private Task Engine()
    {
        using var writer = store.Create($"s3://{Bucket}/bench/engine");
        for (var at = 0; at < ObjectBytes; at += PieceBytes) writer.Write(bytes.Slice(at, PieceBytes));
        writer.Complete();
        return Task.CompletedTask;
    }

    private Task Bare() => InParts("bench/bare", async (uploadId, number, part) =>
    {
        var address = sdk.GetPreSignedURL(new GetPreSignedUrlRequest
        {
            BucketName = Bucket,
            Key = "bench/bare",
            Verb = HttpVerb.PUT,
            UploadId = uploadId,
            PartNumber = number,
            Expires = DateTime.UtcNow.AddHours(1),
            Protocol = isTls ? Protocol.HTTPS : Protocol.HTTP,
        });
        using var borrowed = new Borrowed(bytes, part, PartBytes);
        using var request = new HttpRequestMessage(HttpMethod.Put, address) { Content = new ReadOnlyMemoryContent(borrowed.Memory) };
        using var answer = await http.SendAsync(request);
        return answer.EnsureSuccessStatusCode().Headers.ETag!.Tag;
    });

    private Task SdkParts() => InParts("bench/parts", async (uploadId, number, part) =>
    {
        var answer = await sdk.UploadPartAsync(new UploadPartRequest
        {
            BucketName = Bucket,
            Key = "bench/parts",
            UploadId = uploadId,
            PartNumber = number,
            PartSize = PartBytes,
            InputStream = StreamOf(part, PartBytes),
            DisablePayloadSigning = isTls,
        });
        return answer.ETag;
    });

    private async Task InParts(string key, Func<string, int, int, Task<string>> send)
    {
        var upload = await sdk.InitiateMultipartUploadAsync(new InitiateMultipartUploadRequest { BucketName = Bucket, Key = key });
        var tags = new string[ObjectBytes / PartBytes];
        await Parallel.ForAsync(0, tags.Length, new ParallelOptions { MaxDegreeOfParallelism = PartsAtOnce },
            async (n, _) => tags[n] = await send(upload.UploadId, n + 1, n * PartBytes));
        await sdk.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest
        {
            BucketName = Bucket,
            Key = key,
            UploadId = upload.UploadId,
            PartETags = [.. tags.Select((tag, n) => new PartETag(n + 1, tag))],
        });
    }

    private async Task SdkTransfer()
    {
        using var transfer = new TransferUtility(sdk, new TransferUtilityConfig { ConcurrentServiceRequests = PartsAtOnce });
        await transfer.UploadAsync(new TransferUtilityUploadRequest
        {
            BucketName = Bucket,
            Key = "bench/transfer",
            PartSize = PartBytes,
            DisablePayloadSigning = isTls,
            InputStream = StreamOf(0, ObjectBytes),
        });
    }

    private unsafe UnmanagedMemoryStream StreamOf(int offset, int length)
    {
        fixed (byte* at = bytes.Slice(offset, length)) return new UnmanagedMemoryStream(at, length);
    }

    /// <summary>Native memory for who wants managed.</summary>
    private sealed class Borrowed(NativeBuffer bytes, int offset, int length) : MemoryManager<byte>
    {
        public override Span<byte> GetSpan() => bytes.Slice(offset, length);

        public override unsafe MemoryHandle Pin(int elementIndex = 0) =>
            new(Unsafe.AsPointer(ref MemoryMarshal.GetReference(GetSpan()[elementIndex..])), default, this);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
