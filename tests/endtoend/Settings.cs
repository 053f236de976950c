// Servers and judges take both cores of a small machine: one test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
