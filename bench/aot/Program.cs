using System.Globalization;
using K2I.Bench;

if (args is ["upload", var endpoint, var rounds])
{
    using var uploads = new Uploads(new Uri(endpoint));
    uploads.Run(int.Parse(rounds, CultureInfo.InvariantCulture));
    return;
}

if (args is ["decode"])
{
    Decoding();
    return;
}

foreach (var bytes in (int[])[16, 64, 100, 256, 1024, 4096, 16384, 65536])
{
    var crc = new Crc32CBenchmark { Bytes = bytes };
    crc.Fill();
    Turns.Compare($"CRC-32C of {bytes} B", ("engine", () => crc.Engine()), ("System.IO.Hashing", () => crc.Library()));
    Turns.Compare("… in a frame's pieces", ("engine", () => crc.EngineFrame()), ("System.IO.Hashing", () => crc.LibraryFrame()));
}
foreach (var bytes in (int[])[1000, 20_000, 500_000])
{
    var writers = new BufferWriterBenchmark { Bytes = bytes };
    Turns.Compare($"a document of {bytes} B", ("ArrayBufferWriter", () => writers.ArrayBuffer()),
        ("ArrayPoolBufferWriter", () => writers.ArrayPoolBuffer()));
}
var pools = new ObjectPoolBenchmark();
Turns.Compare("take and return", ("a stack under a lock", () => pools.StackUnderLock() ? 1 : 0),
    ("ObjectPool", () => pools.ObjectPool() ? 1 : 0));
var names = new TopicNameBenchmark();
Turns.Compare("a topic's name", ("new string", () => names.NewString()), ("StringPool", () => names.StringPoolName()),
    ("librdkafka's handle", () => names.Handle()));
Decoding();

static void Decoding()
{
    using var json = new JsonDecodeBenchmark();
    json.Fill();
    using var avro = new AvroDecodeBenchmark();
    avro.Fill();
    using var protobuf = new ProtobufDecodeBenchmark();
    protobuf.Fill();
    Turns.Compare("256 events into columns", ("JSON", () => json.IntoColumns()), ("Avro", () => avro.IntoColumns()),
        ("Protobuf", () => protobuf.IntoColumns()), ("JSON's route", () => json.Routes()), ("Avro's route", () => avro.Routes()));
}
