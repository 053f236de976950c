using System.Runtime.InteropServices;

namespace K2I.Decode;

/// <summary>One value or one name of an object, in the order of the JSON text, with what is needed to write it.</summary>
[StructLayout(LayoutKind.Auto)]
internal unsafe struct VariantToken
{
    internal VariantKind Kind;

    /// <summary>The first byte of a single value; its width is known for objects and arrays only when they are measured.</summary>
    internal byte Header;

    /// <summary>Of a decimal.</summary>
    internal byte Scale;

    /// <summary>Of an object or array: bytes of an offset, of a name's id.</summary>
    internal byte OffsetBytes, IdBytes;

    /// <summary>Bytes of the whole value.</summary>
    internal int Size;

    /// <summary>Of an object or array: the values in it. Of a name: which one it is.</summary>
    internal int Count;

    /// <summary>A number's bytes behind header and scale, the lowest first.</summary>
    internal Int128 Number;

    /// <summary>A text in the decoder's copy of the record.</summary>
    internal byte* Text;
    internal int TextBytes;
}
