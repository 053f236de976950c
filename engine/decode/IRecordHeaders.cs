namespace K2I.Decode;

/// <summary>The headers of one record, in order. Implemented by whoever holds the record; one object may serve record after record.</summary>
public interface IRecordHeaders
{
    /// <summary>The header at <paramref name="index"/>, counted from 0; false past the last. The spans live as long as the record.</summary>
    /// <param name="index">From 0.</param>
    /// <param name="key">UTF-8 by protocol, but not checked by the broker.</param>
    /// <param name="value">Empty where null.</param>
    /// <param name="valueIsNull">True where the header has no value.</param>
    bool TryRead(int index, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value, out bool valueIsNull);
}
