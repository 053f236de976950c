using System.Buffers;
using System.Runtime.InteropServices;

using K2I.Base;

namespace K2I.Iceberg;

/// <summary>Decodes Zstandard frames of untrusted bytes whose length unpacked is not known beforehand.</summary>
internal static unsafe partial class ZstdFrame
{
    private const string Library = "k2i_native";
    private const int Step = 64 << 10;

    /// <exception cref="EngineException"><see cref="ErrorKind.Corrupt"/>: no frames, or more than <paramref name="maxBytes"/>.</exception>
    public static byte[] Decode(ReadOnlySpan<byte> packed, int maxBytes, string what)
    {
        var context = CreateContext();
        if (context == 0) throw new EngineException(ErrorKind.Full, $"{what}: no memory to unpack it");
        var plain = new ArrayBufferWriter<byte>(Math.Max(256, Math.Min(packed.Length * 3, maxBytes)));
        try
        {
            fixed (byte* source = packed)
            {
                var input = new Buffer { Start = source, Bytes = (nuint)packed.Length };
                while (true)
                {
                    var room = plain.GetSpan(Step);
                    var before = input.Position;
                    Buffer output;
                    nuint left;
                    fixed (byte* target = room)
                    {
                        output = new Buffer { Start = target, Bytes = (nuint)room.Length };
                        left = Decompress(context, &output, &input);
                    }
                    if (IsError(left) != 0) throw Json.Bad(what, "it is not valid Zstandard data");
                    plain.Advance((int)output.Position);
                    if (plain.WrittenCount > maxBytes) throw Json.Bad(what, $"it unpacks to more than {maxBytes} bytes");
                    var consumed = input.Position == input.Bytes;
                    if (consumed && left == 0) break;
                    if (consumed && output.Position < output.Bytes || output.Position == 0 && input.Position == before) throw Json.Bad(what, "its Zstandard data is cut short");
                }
            }
        }
        finally
        {
            _ = FreeContext(context);
        }
        return plain.WrittenSpan.ToArray();
    }

    [LibraryImport(Library, EntryPoint = "ZSTD_createDCtx")]
    private static partial nint CreateContext();

    [LibraryImport(Library, EntryPoint = "ZSTD_freeDCtx")]
    private static partial nuint FreeContext(nint context);

    [LibraryImport(Library, EntryPoint = "ZSTD_decompressStream")]
    private static partial nuint Decompress(nint context, Buffer* output, Buffer* input);

    [LibraryImport(Library, EntryPoint = "ZSTD_isError")]
    private static partial uint IsError(nuint code);

    /// <summary>ZSTD_inBuffer and ZSTD_outBuffer.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Buffer
    {
        public byte* Start;
        public nuint Bytes;
        public nuint Position;
    }
}
