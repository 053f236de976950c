using K2I.Base;
using K2I.Columns;
using K2I.Decode;
using K2I.Iceberg;

namespace K2I.Pipeline.Tests;

public sealed class SchemaFitTests
{
    private static readonly Schema Table = FieldIds.NewSchema(ColumnText.Parse("id: long!, price: decimal(12,2), at: struct<city: string, zip: int>, tags: list<string>"));

    [Fact]
    public void MissingColumnsAreFoundAtAnyDepth()
    {
        var missing = SchemaFit.Missing("t", ColumnText.Parse("id: int!, at: struct<street: string>, note: string!"), kafkaColumn: false, Table);
        Assert.Equal(["at.street", ".note"], missing.Select(m => $"{m.ParentPath}.{m.Field.Name}"));
        Assert.All(missing, m => Assert.False(m.Field.Required));
        Assert.Equal(["_kafka"], SchemaFit.Missing("t", null, kafkaColumn: true, Table).Select(m => m.Field.Name));
    }

    [Theory]
    [InlineData("id: string", "column id is long in the table but string is wanted")]
    [InlineData("id: long!, price: decimal(14,2)", "column price is decimal(12, 2) in the table but decimal(14, 2) is wanted")]
    [InlineData("id: long!, tags: list<int>", "column tags.element is string in the table but int is wanted")]
    [InlineData("id: long!, at: string", "column at is struct")]
    [InlineData("price: decimal(12,2), tags: list<string>", "column id is required but not among the declared columns")]
    public void WhatDoesNotFitIsNamed(string columns, string complaint)
    {
        var error = Assert.Throws<TableStop>(() => SchemaFit.Missing("t", ColumnText.Parse(columns), kafkaColumn: true, Table));
        Assert.Equal(ErrorKind.Invalid, error.Kind);
        Assert.Contains(complaint, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ARequiredColumnThatRecordsDoNotHaveFitsByItsDefault()
    {
        var lacking = new Field(9, "kind", PrimitiveType.String, true);
        var known = lacking with { InitialDefault = "\"old\"", WriteDefault = "\"new\"" };
        Schema With(Field field) => new(1, new StructType([.. Table.Fields, field]));
        var wanted = ColumnText.Parse("id: long!");

        Assert.Empty(SchemaFit.Missing("t", wanted, kafkaColumn: false, With(known)));
        Assert.True(SchemaFit.Continues(Table.Struct, With(known).Struct));
        var error = Assert.Throws<TableStop>(() => SchemaFit.Missing("t", wanted, kafkaColumn: false, With(lacking)));
        var told = "column kind is required but not among the declared columns, and has no default";
        Assert.EndsWith(told, error.Message, StringComparison.Ordinal);
        Assert.False(SchemaFit.Continues(Table.Struct, With(lacking).Struct));
    }

    [Fact]
    public void ColumnsThatCannotBeWrittenAreRefused()
    {
        var table = FieldIds.NewSchema([new Field(0, "id", PrimitiveType.Long, true), new Field(0, "extra", ListType.Of(0, new OpaqueType("geometry")), false)]);
        var error = Assert.Throws<TableStop>(() => SchemaFit.Missing("t", null, kafkaColumn: false, table));
        Assert.Contains("column extra.element is geometry", error.Message, StringComparison.Ordinal);
    }
}
