namespace K2I.Cli;

internal static class Program
{
    private static int Main()
    {
        Console.WriteLine($"k2i {typeof(Program).Assembly.GetName().Version?.ToString(3)}");
        return 0;
    }
}
