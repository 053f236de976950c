namespace K2I.Cli.Running;

/// <summary>
/// Threads for scans and followers. They get the CPU that the rest of the process leaves, and a little where it leaves none: on a full
/// machine ingest goes on, and answers take longer. Owner of the threads.
/// </summary>
/// <remarks>
/// Lowest priority, not the idle class: what is given so little that it may stand still for seconds would hold up a garbage collection.
/// </remarks>
internal sealed class QueryThreads : TaskScheduler, IDisposable
{
    private readonly object gate = new();
    private readonly Queue<Task> waiting = new();
    private bool ended;

    public QueryThreads(int count)
    {
        for (var i = 0; i < count; i++) new Thread(Work) { Name = $"query {i}", IsBackground = true }.Start();
    }

    /// <summary>Threads end with what they do. What comes later, of questions that are broken off, is done by the thread pool.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            ended = true;
            Monitor.PulseAll(gate);
        }
    }

    protected override void QueueTask(Task task)
    {
        lock (gate)
        {
            if (!ended)
            {
                waiting.Enqueue(task);
                Monitor.Pulse(gate);
                return;
            }
        }
        ThreadPool.UnsafeQueueUserWorkItem(late => TryExecuteTask(late), task, preferLocal: false);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (gate) return [.. waiting];
    }

    private void Work()
    {
        Posix.LowerThreadPriority();
        while (Take() is { } task) TryExecuteTask(task);
    }

    private Task? Take()
    {
        lock (gate)
        {
            while (waiting.Count == 0 && !ended) Monitor.Wait(gate);
            return waiting.TryDequeue(out var task) ? task : null;
        }
    }
}
