using K2I.Parquet;

namespace K2I.Cli.Bench;

/// <summary>Threads that wait for columns to encode.</summary>
internal sealed class ThreadTeam : IEncodeTeam, IDisposable
{
    private readonly Thread[] threads;
    private readonly SemaphoreSlim wanted = new(0), done = new(0);
    private Action<int>? work;

    internal ThreadTeam(int size)
    {
        Size = size;
        threads = [.. Enumerable.Range(1, size - 1).Select(i => new Thread(() => Help(i)) { Name = $"encode {i}", IsBackground = true })];
        foreach (var thread in threads) thread.Start();
    }

    public int Size { get; }

    public void Run(Action<int> work)
    {
        this.work = work;
        if (threads.Length > 0) wanted.Release(threads.Length);
        work(0);
        foreach (var _ in threads) done.Wait();
    }

    public void Dispose()
    {
        work = null;
        if (threads.Length > 0) wanted.Release(threads.Length);
        foreach (var thread in threads) thread.Join();
        wanted.Dispose();
        done.Dispose();
    }

    /// <summary>Each release is taken by some thread once; a thread that takes two works twice, under its own number.</summary>
    private void Help(int number)
    {
        while (true)
        {
            wanted.Wait();
            if (work is not { } now) return;
            now(number);
            done.Release();
        }
    }
}
