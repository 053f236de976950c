namespace K2I.Decode;

/// <summary>What a table's schema needs so that a record's values have a place. Ids in it are 0.</summary>
/// <param name="Path">The column's full name after the change; list and map parts are <c>element</c>, <c>key</c> and <c>value</c>.</param>
public abstract record SchemaChange(string Path);
