using K2I.Parquet;
using K2I.Storage;

namespace K2I.Iceberg;

/// <summary>Lets a Parquet writer write into an object being stored. Completing the object stays with its owner.</summary>
public sealed class ObjectSink(IObjectWriter writer) : IByteSink
{
    public void Write(ReadOnlySpan<byte> bytes) => writer.Write(bytes);
}
