using System.Runtime.InteropServices;

namespace K2I.Cli;

/// <summary>SIGINT and SIGTERM: the first asks for a stop, the second leaves at once. SIGHUP asks for a reload. Owner of the
/// registrations.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly Action<string> stop;
    private readonly Action<ExitCode> leave;
    private readonly PosixSignalRegistration[] registrations;
    private int count;

    /// <param name="stop">Called once, with the signal's name, by a thread of the runtime.</param>
    /// <param name="leave">Must not return in production.</param>
    /// <param name="reload">Called for each SIGHUP.</param>
    public StopSignals(Action<string> stop, Action<ExitCode> leave, Action reload)
    {
        this.stop = stop;
        this.leave = leave;
        registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, c => Handle(c, "SIGINT", ExitCode.Interrupted)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, c => Handle(c, "SIGTERM", ExitCode.Terminated)),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, c => Reload(c, reload)),
        ];
    }

    public void Dispose()
    {
        foreach (var registration in registrations) registration.Dispose();
    }

    internal void Count(string name, ExitCode code)
    {
        if (Interlocked.Increment(ref count) == 1) stop(name);
        else leave(code);
    }

    private static void Reload(PosixSignalContext context, Action reload)
    {
        context.Cancel = true;
        reload();
    }

    private void Handle(PosixSignalContext context, string name, ExitCode code)
    {
        // Else the runtime ends the process when the handler returns.
        context.Cancel = true;
        Count(name, code);
    }
}
