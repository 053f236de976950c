// Balances of the ledger and resident pages are of the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
