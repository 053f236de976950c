using System.Text;
using System.Text.Unicode;
using K2I.Base;
using K2I.Columns;
using K2I.Decode;

namespace K2I.Pipeline;

/// <summary>Turns letters into rows of their table, whatever order its columns have and whatever columns it has besides. Whoever works for the table.</summary>
internal sealed class LetterRows : IDisposable
{
    private readonly BatchBuilder batch;
    private readonly Dictionary<string, ColumnBuilder> columns;
    private readonly (ColumnBuilder Column, DefaultValue Value)[] defaults;
    private readonly ColumnBuilder header, headerKey, headerValue;

    /// <param name="schema">Of the letters' table; it has <see cref="DeadLetterTable.Columns"/>.</param>
    /// <param name="budgetBytes">For one batch; the largest letter must fit.</param>
    internal LetterRows(Schema schema, long budgetBytes)
    {
        batch = BatchBuilder.ForScratch(schema, budgetBytes);
        columns = Enumerable.Range(0, batch.ColumnCount).Select(batch.Column).ToDictionary(c => c.Field.Name, StringComparer.Ordinal);
        var known = DeadLetterTable.Columns.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        defaults =
        [
            .. from column in columns.Values
               where !known.Contains(column.Field.Name)
               let value = DefaultValue.Of(column.Field)
               where value is not null
               select (column, value),
        ];
        header = columns[DeadLetterTable.Headers].Child(0);
        var fields = header.Children.ToDictionary(c => c.Field.Name, StringComparer.Ordinal);
        (headerKey, headerValue) = (fields["key"], fields["value"]);
    }

    internal bool IsFull => batch.IsFull;

    internal int Rows => batch.Rows;

    internal Batch View() => batch.View();

    internal void Reset() => batch.Reset();

    /// <summary>False if the batch has no room for it; an empty one has.</summary>
    internal bool Append(in LetterReader letter)
    {
        var record = letter.Record;
        AppendText(DeadLetterTable.Topic, letter.Source.TopicUtf8);
        columns[DeadLetterTable.Partition].AppendInt(letter.Source.Partition);
        columns[DeadLetterTable.Offset].AppendLong(letter.Offset.Value);
        if (record.TimestampKind != TimestampKind.None && TimeRange.HasMs(record.TimestampMs))
        {
            columns[DeadLetterTable.Timestamp].AppendLong(record.TimestampMs * 1000);
            AppendText(DeadLetterTable.TimestampType, record.TimestampKind == TimestampKind.CreateTime ? "CreateTime"u8 : "LogAppendTime"u8);
        }
        AppendText(DeadLetterTable.Error, letter.ErrorUtf8);
        AppendText(DeadLetterTable.Detail, letter.DetailUtf8);
        if (!record.KeyIsNull) columns[DeadLetterTable.Key].AppendBytes(record.Key);
        if (!record.ValueIsNull) columns[DeadLetterTable.Value].AppendBytes(record.Value);
        if (record.Headers is { } headers) AppendHeaders(headers);
        columns[DeadLetterTable.FailedAt].AppendLong(letter.FailedUnixMs * 1000);
        if (letter.Source.TopicId is { } id) AppendText(DeadLetterTable.TopicId, Encoding.UTF8.GetBytes(id));
        foreach (var (column, value) in defaults) value.AppendTo(column);
        Check.That(batch.FillMissing() is null || columns[DeadLetterTable.Topic].Overflow);
        if (batch.EndRow()) return true;
        Check.That(batch.Rows > 0);
        return false;
    }

    public void Dispose() => batch.Dispose();

    private void AppendHeaders(IRecordHeaders headers)
    {
        for (var i = 0; headers.TryRead(i, out var name, out var value, out var isNull); i++)
        {
            headerKey.AppendBytes(Utf8.IsValid(name) ? name : Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(name)));
            if (!isNull) headerValue.AppendBytes(value);
            foreach (var child in header.Children)
                if (child.Count == header.Count) child.AppendNull();
            header.EndStruct();
        }
        columns[DeadLetterTable.Headers].EndList();
    }

    private void AppendText(string column, ReadOnlySpan<byte> utf8) => columns[column].AppendBytes(utf8);
}
