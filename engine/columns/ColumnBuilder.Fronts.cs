using K2I.Base;
using K2I.Memory;

namespace K2I.Columns;

/// <summary>Builders that only fronts have: structs that a batch has not so, and columns of one value that lies apart.</summary>
public sealed unsafe partial class ColumnBuilder
{
    private const int OwnSlots = 8, LeastOwnBytes = 256;

    /// <summary>A struct of a front. It has no memory, and is always full, so that the fast paths are those of others.</summary>
    private readonly bool isFront;

    /// <summary>The struct of the batch that it stands for; null where its fields are none of one struct.</summary>
    private readonly ColumnBuilder? behind;

    /// <summary>The memory of a value apart.</summary>
    private readonly byte[]? ownSlots;
    private byte[]? own;

    internal ColumnBuilder(Field field, ColumnSpace space, ColumnBuilder? behind, ColumnBuilder[] parts)
    {
        (Field, this.space, this.behind, children) = (field, space, behind, parts);
        (Layout, isFront) = (ColumnLayout.Struct, true);
    }

    /// <summary>A column apart, of a type without parts: it has the value of one row.</summary>
    internal ColumnBuilder(Field field)
    {
        Check.That(!field.Type.IsNested);
        (Field, space, children) = (field, new ColumnSpace(MemoryTag.Scratch, NativeBuffer.PageBytes, bounded: false), []);
        (Layout, Width) = LayoutOf(field.Type);
        ownSlots = GC.AllocateArray<byte>(sizeof(long) + ((OwnSlots + 1) * sizeof(int)), pinned: true);
        own = GC.AllocateArray<byte>(Math.Max(LeastOwnBytes, OwnSlots * Width), pinned: true);
        fixed (byte* start = ownSlots)
        {
            validity = start;
            offsets = (int*)(start + sizeof(long));
        }
        fixed (byte* start = own) values = start;
        *validity = 0xFF;
        limit = takenSlots = maxSlots = OwnSlots;
        valueLimit = own.Length;
    }

    /// <summary>Of a column apart: it has a value, or null, for the row.</summary>
    public bool HasOne => count > 0;

    /// <summary>Of a column apart: the row's value is null.</summary>
    public bool IsNull => (*validity & 1) == 0;

    /// <summary>Of a column apart: the bytes of the row's value, as the layout has them; of a boolean a byte.</summary>
    public ReadOnlySpan<byte> One => Layout switch
    {
        ColumnLayout.Bytes => new(values, valueBytes),
        ColumnLayout.Bits => new(values, 1),
        _ => new(values, Width),
    };

    /// <summary>A row begins, with so many before it.</summary>
    internal void Begin(int rows)
    {
        before = rows;
        if (isFront) count = limit = 0;
        else if (count > 0) Truncate(0);
    }

    private bool FrontNull()
    {
        if (behind is not null) behind.AppendNull();
        else
            foreach (var child in children) child.AppendNull();
        count = limit = 1;
        return false;
    }

    private bool FrontEnd()
    {
        behind?.EndStruct();
        count = limit = 1;
        return false;
    }

    private bool GrowOwn(int bytes)
    {
        var larger = GC.AllocateArray<byte>(checked(Math.Max(own!.Length * 2, valueBytes + bytes)), pinned: true);
        own.AsSpan(0, valueBytes).CopyTo(larger);
        own = larger;
        fixed (byte* start = larger) values = start;
        valueLimit = larger.Length;
        return true;
    }
}
