namespace K2I.Iceberg.Tests;

/// <summary>One operation on a table and its model, picked at random; says which.</summary>
internal static class RandomSteps
{
    public static string Step(ModelTable table, Random random)
    {
        var branches = table.Table.Metadata.Refs.Where(r => r.Value.IsBranch && r.Key != SnapshotRef.Main).Select(r => r.Key).ToList();
        var branch = branches.Count > 0 && random.Next(5) == 0 ? branches[random.Next(branches.Count)] : SnapshotRef.Main;
        var what = table.Table.Metadata.CurrentSnapshot is null ? 0 : random.Next(25);
        switch (what)
        {
            case < 6:
                table.Append(branch);
                return $"append to {branch}";
            case < 9:
                table.Change(branch, add: false);
                return $"delete from {branch}";
            case < 12:
                table.Change(branch, add: true);
                return $"upsert into {branch}";
            case < 15:
                table.Compact(branch);
                return $"compact {branch}";
            case 15:
                table.OverwritePartition(branch);
                return $"overwrite a partition of {branch}";
            case 16:
                table.RemoveSomeFiles(branch, replace: false);
                return $"remove files of {branch}";
            case 17:
                table.RemoveSomeFiles(branch, replace: true);
                return $"overwrite files of {branch}";
            case 18:
                table.RewriteManifests(branch);
                return $"rewrite manifests of {branch}";
            case 19:
                table.Expire();
                return "expire";
            case < 22:
                table.MoveRefs();
                return "move refs";
            case 22:
                table.ChangeSchema();
                return "change the schema";
            case 23:
                table.ChangeProperties();
                return "set properties";
            default:
                table.ChangeSpec();
                return "change the spec";
        }
    }
}
