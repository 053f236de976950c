using K2I.Iceberg;

namespace K2I.Maintenance;

/// <summary>Files of a job that are the others of one another: all rows of the inputs are in the outputs, and none else.</summary>
internal sealed class CompactionGroup
{
    internal List<ScanTask> Inputs { get; } = [];

    internal List<DataFile> Outputs { get; } = [];
}
