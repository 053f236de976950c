// The ledger of native memory is one for the process, and its balance is what some tests check.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
