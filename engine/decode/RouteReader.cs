using System.Text.Unicode;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>
/// Reads of each record the value of its <see cref="RouteField"/>, by a decoder for that column alone: so it means the same in all formats.
/// One thread. Owner of the little memory that a row takes. No managed allocation per record.
/// </summary>
public sealed class RouteReader : IDisposable
{
    /// <summary>Longer values name no table.</summary>
    public const int MaxBytes = 200;

    private readonly RowFront front;
    private readonly BatchBuilder batch;
    private readonly IRecordDecoder decoder;
    private readonly char[] text = new char[MaxBytes];
    private int length;

    /// <param name="decoder">Makes the decoder for the schema that it is given.</param>
    public RouteReader(Func<Schema, IRecordDecoder> decoder)
    {
        var schema = FieldIds.NewSchema([RouteField.Field]);
        this.decoder = decoder(schema);
        front = new(schema, [FrontColumn.Apart]);
        batch = BatchBuilder.Unwritten();
    }

    /// <summary>Of the last record; empty where it has none, or none that could name a table. Good until the next is read.</summary>
    public ReadOnlySpan<char> Value => text.AsSpan(0, length);

    /// <summary>Why the last record has no such value.</summary>
    public string Error { get; private set; } = "";

    /// <summary>The schema that the last record names, if it could not be read.</summary>
    public SchemaId RefusedSchema => decoder.RefusedSchema;

    /// <summary>
    /// Ok: <see cref="Value"/>. <see cref="DecodeStatus.SchemaPending"/>: offer it again once the schema is there. Anything else: it goes
    /// to no table, and <see cref="Error"/> says why.
    /// </summary>
    public DecodeStatus Read(in RecordInput record)
    {
        length = 0;
        var row = front.Of(batch);
        var status = decoder.Decode(in record, row);
        var column = row.Column(0);
        if (status != DecodeStatus.Ok) Error = status == DecodeStatus.Tombstone ? "the record has no value" : decoder.Error.ToString();
        else if (!column.HasOne || column.IsNull) status = Fail(DecodeStatus.MissingRequired, "the record has no value in it");
        else status = Take(column.One);
        row.AbandonRow();
        return status;
    }

    public void Dispose() => batch.Dispose();

    private DecodeStatus Take(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty) return Fail(DecodeStatus.InvalidValue, "its value is an empty text");
        if (value.Length > MaxBytes) return Fail(DecodeStatus.InvalidValue, $"its value has more than {MaxBytes} bytes");
        if (value[0] is (byte)'{' or (byte)'[') return Fail(DecodeStatus.TypeMismatch, "its value is no text, number, boolean or enum");
        _ = Utf8.ToUtf16(value, text, out _, out length);
        return DecodeStatus.Ok;
    }

    private DecodeStatus Fail(DecodeStatus status, string error)
    {
        Error = error;
        return status;
    }
}
