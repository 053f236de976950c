namespace K2I.EndToEnd.Tests;

/// <summary>As <see cref="IngestFactAttribute"/>, where strace can make system calls fail.</summary>
public sealed class StraceFactAttribute : FactAttribute
{
    public StraceFactAttribute() => Skip = Needs.NoBinary ?? Needs.NoKafka ?? Needs.NoJudges ?? (File.Exists("/usr/bin/strace") ? null : "no strace: installed by ./build.sh test as root");
}
