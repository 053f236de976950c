using System.Collections.Immutable;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>One language of schemas: makes plans of schemas, and a table's first columns.</summary>
public interface IPlanCompiler
{
    /// <summary>
    /// How records of <paramref name="writer"/> go into <paramref name="table"/>, or what the table lacks for it, or why they cannot. Does
    /// not throw on what the schema says.
    /// </summary>
    RecordPlan Compile(WriterSchema writer, Schema table, PlanOptions options);

    /// <summary>
    /// The columns of a table that is made for such records, ids 0. Throws Invalid, naming what no table can hold.
    /// </summary>
    ImmutableArray<Field> Columns(WriterSchema writer, PlanOptions options);

    /// <summary>The same, where a schema has several kinds of records: for those like the first.</summary>
    ImmutableArray<Field> Columns(WriterSchema writer, in FramedValue first, PlanOptions options) => Columns(writer, options);
}
