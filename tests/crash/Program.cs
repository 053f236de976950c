using K2I.Crash.Tests;

try
{
    if (CrashOptions.Parse(args, Console.Error) is not { } options) return 2;
    return new CrashRun(options, Console.Out).Run() ? 0 : 1;
}
catch (NeedException missing)
{
    Console.Error.WriteLine($"crash: {missing.Message}");
    return 3;
}
