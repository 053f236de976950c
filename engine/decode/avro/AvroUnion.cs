using K2I.Avro;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>A union of several types: a struct of which one field has the value.</summary>
internal sealed unsafe class AvroUnion : AvroNode
{
    /// <summary>By branch; null for null.</summary>
    private readonly AvroNode?[] branches;

    /// <summary>By branch: its place in the struct; -1 where it has none.</summary>
    private readonly int[] columnOf;
    private ColumnBuilder column = null!;

    internal AvroUnion(AvroType union, Field field, string path, DecodeNode? parent, AvroPairing pairing) : base(field, parent)
    {
        var table = (StructType)field.Type;
        branches = new AvroNode?[union.Branches.Length];
        columnOf = new int[branches.Length];
        for (var i = 0; i < branches.Length; i++)
        {
            columnOf[i] = -1;
            var branch = union.Branches[i];
            if (branch.Kind == AvroKind.Null) continue;
            var at = WrittenColumns.Join(path, AvroColumns.BranchName(union, branch));
            branches[i] = Of(branch, at, this, pairing);
            if (pairing.Match.ColumnOf(at) is { } known) columnOf[i] = Array.FindIndex([.. table.Fields], f => f.Id == known.Id);
        }
    }

    internal override void Bind(ColumnBuilder column)
    {
        this.column = column;
        for (var i = 0; i < branches.Length; i++)
            if (columnOf[i] >= 0) branches[i]!.Bind(column.Child(columnOf[i]));
    }

    internal override byte* Read(byte* p, AvroPlan plan)
    {
        var at = p;
        if (!AvroNumber.TryRead(ref p, plan.End, out var branch)) return plan.Truncated(at, this);
        if ((ulong)branch >= (ulong)branches.Length) return plan.Fail(DecodeStatus.Malformed, at, this,
            "a branch that the union does not have");
        if (branches[branch] is not { } value)
        {
            if (Field!.Required) return plan.Fail(DecodeStatus.MissingRequired, at, this);
            column.AppendNull();
            return p;
        }
        p = value.Read(p, plan);
        if (p == null) return null;
        var children = column.Children.Count;
        for (var i = 0; i < children; i++)
            if (i != columnOf[branch]) column.Child(i).AppendNull();
        column.EndStruct();
        return p;
    }
}
