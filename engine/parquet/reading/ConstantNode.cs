using K2I.Base;
using K2I.Columns;

namespace K2I.Parquet;

/// <summary>A field that the file does not have: the same value in every slot, or null.</summary>
internal sealed unsafe class ConstantNode(Field wanted, ReadOnlyMemory<byte>? value, ReadNode[] children, ReadArena arena) : ReadNode(wanted, arena)
{
    private readonly ReadBuffer offsets = new(arena), values = new(arena);

    internal override ColumnView Build(int slots)
    {
        var bits = validity.Ensure((slots + 7) / 8);
        new Span<byte>(bits, (slots + 7) / 8).Fill(value is null ? (byte)0 : (byte)0xFF);
        var valid = validity.Span((slots + 7) / 8);
        var (layout, width) = ColumnBuilder.LayoutOf(Field.Type);
        var bytes = value is { } given ? given.Span : [];
        ReadOnlySpan<int> starts = [];
        ReadOnlySpan<byte> data = [];
        switch (layout)
        {
            case ColumnLayout.Bits:
                var packed = values.Ensure((slots + 7) / 8);
                new Span<byte>(packed, (slots + 7) / 8).Fill(bytes.Length > 0 && bytes[0] != 0 ? (byte)0xFF : (byte)0);
                data = values.Span((slots + 7) / 8);
                break;
            case ColumnLayout.Fixed:
                Repeat(bytes, width, slots);
                data = values.Span((long)width * slots);
                break;
            case ColumnLayout.Bytes or ColumnLayout.List:
                var step = layout == ColumnLayout.Bytes ? bytes.Length : 0;
                Repeat(bytes[..step], step, slots);
                var ends = (int*)offsets.Ensure((slots + 1L) * sizeof(int));
                for (var i = 0; i <= slots; i++) ends[i] = i * step;
                starts = new(ends, slots + 1);
                data = values.Span((long)step * slots);
                break;
            default:
                break;
        }
        var below = layout == ColumnLayout.List ? 0 : slots;
        var views = Field.Type is MapType map
            ? [ColumnView.Over(map.EntryField, 0, false, [], [], [], [.. children.Select(c => c.Build(0))])]
            : children.Select(c => c.Build(below)).ToArray();
        return ColumnView.Over(Field, slots, value is null && slots > 0, valid, starts, data, views);
    }

    public override void Dispose()
    {
        foreach (var child in children) child.Dispose();
        offsets.Dispose();
        values.Dispose();
        base.Dispose();
    }

    private void Repeat(ReadOnlySpan<byte> bytes, int width, int slots)
    {
        if ((long)width * slots > int.MaxValue) throw new EngineException(ErrorKind.Unsupported, $"the default value of {Field.Name} takes more than 2 GiB in a batch");
        var into = values.Ensure((long)width * slots);
        for (var i = 0; i < slots; i++, into += width)
        {
            if (bytes.IsEmpty) new Span<byte>(into, width).Clear();
            else bytes[..width].CopyTo(new(into, width));
        }
    }
}
