// Servers and judges take both cores of a small machine, but mostly they are waited for: two tests at a time,
// of those with the shared broker one.
[assembly: CollectionBehavior(MaxParallelThreads = 2)]
