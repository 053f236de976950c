using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace K2I.Kit;

/// <summary>
/// Azure's store of blobs as azurite has it, in memory: the account that every emulator has, a container <c>warehouse</c>. Throws
/// <see cref="InvalidOperationException"/> where it does not start.
/// </summary>
public sealed class AzureServer : IDisposable
{
    /// <summary>The package of npm that it is.</summary>
    public const string Package = "azurite";

    /// <summary>What node runs of it.</summary>
    public const string Program = "dist/src/blob/main.js";

    public const string Account = "devstoreaccount1", Container = "warehouse";

    /// <summary>Not a secret: it is the same in every emulator.</summary>
    public const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(10) };

    private readonly TempFolder folder = new();
    private readonly Process process;

    public AzureServer()
    {
        var port = LocalPort.Free();
        Uri = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        var start = new ProcessStartInfo("node",
        [
            Packages.Find(Package, Program) ?? throw new InvalidOperationException("azurite is not installed"),
            "--blobHost", "127.0.0.1", "--blobPort", port.ToString(CultureInfo.InvariantCulture), "--inMemoryPersistence", "--silent",
            "--disableTelemetry", "--skipApiVersionCheck",
        ])
        { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder.Path };
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        for (var waited = Stopwatch.StartNew(); !MakesContainer();)
        {
            if (process.HasExited || waited.Elapsed > TimeSpan.FromMinutes(3))
                throw new InvalidOperationException("azurite does not start");
            Thread.Sleep(50);
        }
    }

    public string Uri { get; }

    /// <summary>A location in the container, as Azure's own would be.</summary>
    public static string At(string path) => $"abfss://{Container}@{Account}.dfs.core.windows.net/{path}";

    /// <summary>
    /// A shared access signature of the container, good for two hours, as Azure's documentation lays it out for version 2020-12-06.
    /// </summary>
    /// <param name="rights">Such as <c>rwdl</c>.</param>
    /// <param name="started">Some time that has passed: so that one differs from another.</param>
    public static string Signature(string rights, string started = "")
    {
        var ends = DateTime.UtcNow.AddHours(2).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var text = $"{rights}\n{started}\n{ends}\n/blob/{Account}/{Container}\n\n\n\n2020-12-06\nc\n\n\n\n\n\n\n";
        var signature = HMACSHA256.HashData(Convert.FromBase64String(Key), Encoding.UTF8.GetBytes(text));
        var from = started.Length > 0 ? $"&st={System.Uri.EscapeDataString(started)}" : "";
        return $"sv=2020-12-06&sr=c&sp={rights}{from}&se={System.Uri.EscapeDataString(ends)}"
            + $"&sig={System.Uri.EscapeDataString(Convert.ToBase64String(signature))}";
    }

    public void Dispose()
    {
        process.Kill(entireProcessTree: true);
        process.WaitForExit();
        process.Dispose();
        folder.Dispose();
    }

    private bool MakesContainer()
    {
        var date = DateTime.UtcNow.ToString("R", CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{Uri}/{Account}/{Container}?restype=container");
        request.Headers.TryAddWithoutValidation("x-ms-date", date);
        request.Headers.TryAddWithoutValidation("x-ms-version", "2023-11-03");
        var text = $"PUT\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:{date}\nx-ms-version:2023-11-03\n"
            + $"/{Account}/{Account}/{Container}\nrestype:container";
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(Key), Encoding.UTF8.GetBytes(text)));
        request.Headers.TryAddWithoutValidation("Authorization", $"SharedKey {Account}:{signature}");
        try
        {
            using var answer = Http.Send(request);
            return answer.StatusCode is HttpStatusCode.Created or HttpStatusCode.Conflict ? true
                : throw new InvalidOperationException($"azurite answered {(int)answer.StatusCode}");
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
