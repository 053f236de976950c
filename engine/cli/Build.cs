using System.Reflection;

namespace K2I.Cli;

/// <summary>What this binary is.</summary>
internal static class Build
{
    /// <summary>The version and, where the build knew it, the source revision after a plus sign.</summary>
    public static string FullVersion { get; } = typeof(Build).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";

    public static string Version => FullVersion.Split('+')[0];

    public static string? Revision => FullVersion.Split('+') is [_, var revision] ? revision : null;
}
