using System.Collections.Immutable;
using System.Security.Cryptography;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>A column that has a hash of the field's value, or nothing of it.</summary>
internal sealed class RowMask(Field column, ImmutableArray<int> place, string[] names, MaskKind kind, byte[] key) : RowChange(column, place)
{
    private const string Digits = "0123456789abcdef";

    private ColumnBuilder from = null!;

    internal override void Bind(BatchBuilder front, BatchBuilder batch)
    {
        base.Bind(front, batch);
        from = At(front, names);
    }

    internal override bool TryApply()
    {
        if (kind == MaskKind.Null || !from.HasOne || from.IsNull) return Null();
        Span<byte> text = stackalloc byte[ValueText.MostBytes], hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        var value = from.Layout == ColumnLayout.Bytes || from.Field.Type.Kind == TypeKind.Fixed ? from.One : ValueText.Of(from, text);
        HMACSHA256.HashData(key, value, hash);
        Span<byte> hex = stackalloc byte[2 * HMACSHA256.HashSizeInBytes];
        for (var i = 0; i < hash.Length; i++)
        {
            hex[2 * i] = (byte)Digits[hash[i] >> 4];
            hex[(2 * i) + 1] = (byte)Digits[hash[i] & 15];
        }
        Into.AppendBytes(hex);
        return true;
    }
}
