namespace K2I.Cli.Demo;

/// <summary>What <c>k2i demo</c> does.</summary>
/// <param name="Directory">Where warehouse and data go; emptied first if it is from an earlier demo.</param>
/// <param name="Records">Events produced.</param>
/// <param name="PartitionBy">Partition fields of the table; null for none.</param>
internal sealed record DemoOptions(string Directory, long Records, string? PartitionBy);
