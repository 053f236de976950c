using K2I.Pipeline;

namespace K2I.Cli.Demo;

/// <summary>What <c>k2i demo</c> does.</summary>
/// <param name="Directory">Where warehouse and data go; emptied first if it is from an earlier demo.</param>
/// <param name="Records">Events produced.</param>
/// <param name="PartitionBy">Partition fields of the table; null for none.</param>
/// <param name="Format">Of the events; where they name their schema, the second half has a newer one.</param>
internal sealed record DemoOptions(string Directory, long Records, string? PartitionBy, RecordFormat Format = RecordFormat.Json);
