using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.ObjectPool;

namespace K2I.Bench;

/// <summary>
/// What a pool of objects costs a take and a return: a stack under a lock, as one makes it by hand, and Microsoft.Extensions.ObjectPool's.
/// README.md has the figures.
/// </summary>
public class ObjectPoolBenchmark
{
    private readonly Lock gate = new();
    private readonly Stack<object> stack = new([new()]);
    private readonly ObjectPool<object> pool = new DefaultObjectPool<object>(new DefaultPooledObjectPolicy<object>());

    [Benchmark(Baseline = true)]
    public bool StackUnderLock()
    {
        object taken;
        lock (gate) taken = stack.Pop();
        lock (gate) stack.Push(taken);
        return taken is not null;
    }

    [Benchmark]
    public bool ObjectPool()
    {
        var taken = pool.Get();
        pool.Return(taken);
        return taken is not null;
    }
}
