using K2I.Base;

namespace K2I.Pipeline;

/// <summary>Pauses: what ended a run for good, and what a person says to it.</summary>
internal sealed partial class TableHandle
{
    /// <summary>Waits for the next run, or pauses.</summary>
    private void OnEnded(EngineException error)
    {
        LastError = error.Message;
        if (Flushes.Commits > commitsAtOpening) accepted = [];
        if (clock.MonotonicMs - beganMs > LongestWaitMs) waitMs = FirstWaitMs;
        if (PauseReasons.Of(error) is { } reason)
        {
            log.Error("table paused", ("table", Name), ("reason", PauseReasons.NameOf(reason)), ("error", error.Message),
                ("resume", ResumeHint(reason)));
            Show(TableState.Paused, error.Message, reason);
            (pausedBy, pausedMs, pausedUnixMs, waitMs, attemptMs) = (error, clock.MonotonicMs, clock.UnixMs, FirstWaitMs, 0);
            return;
        }
        log.Warn("table waits", ("table", Name), ("error", error.Message), ("retry_ms", waitMs));
        Show(TableState.Waiting, error.Message);
        attemptMs = clock.MonotonicMs + waitMs;
        waitMs = Math.Min(waitMs * 2, LongestWaitMs);
    }

    /// <summary>A person has asked for it, or it is time to look by itself.</summary>
    private bool Resumes()
    {
        var reason = PauseReasons.Of(pausedBy!)!.Value;
        if (reason == PauseReason.PermissionDenied && clock.MonotonicMs - pausedMs >= DeniedRetryMs)
        {
            pausedBy = null;
            return true;
        }
        if (TakeRequest() is not { } request || request.RequestedUnixMs < pausedUnixMs) return false;
        if (request.Accept is { } named && named != reason)
        {
            log.Warn("resume refused", ("table", Name), ("accepts", PauseReasons.NameOf(named)),
                ("paused_for", PauseReasons.NameOf(reason)));
            return false;
        }
        log.Info("table resumes", ("table", Name), ("accepted", request.Accept is null ? null : PauseReasons.NameOf(reason)));
        if (request.Accept is not null)
        {
            accepted = accepted.Add(reason);
            if (pausedBy is TableStop { Record: { } record }) acceptedRecords[(record.Topic, record.Partition)] = record.Offset;
        }
        pausedBy = null;
        return true;
    }

    private string ResumeHint(PauseReason reason) =>
        PauseReasons.CanAccept(reason) ? $"k2i resume {Name} --accept {PauseReasons.NameOf(reason)}" : $"k2i resume {Name}";

    private ResumeRequest? TakeRequest()
    {
        var path = ResumeRequest.PathOf(engine.Options.DataDirectory, Name);
        var files = engine.Services.Files;
        try
        {
            if (!files.Exists(path)) return null;
            var bytes = files.Read(path, ResumeRequest.MaxBytes);
            files.Delete(path);
            return ResumeRequest.Parse(bytes);
        }
        catch (EngineException error)
        {
            log.Warn("a request to resume cannot be taken", ("table", Name), ("error", error.Message));
            return null;
        }
    }
}
