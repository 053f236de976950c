using System.Collections.Immutable;
using System.Globalization;
using K2I.Base;
using K2I.Columns;
using K2I.Decode;
using K2I.Iceberg;
using K2I.Parquet;
using K2I.Storage;

namespace K2I.Pipeline;

/// <summary>
/// The Iceberg table of one run: created or adopted at the start, committed to by flushes, evolved when records bring new fields. The only place that
/// knows where offsets stand in a table, and the fence that keeps them exact.
/// </summary>
/// <remarks>
/// Whoever works for the table calls; lanes read. What they see (<see cref="Schema"/>, <see cref="Offsets"/>, …) is an immutable state, replaced whole.
/// </remarks>
internal sealed partial class TableStore(TableStoreFactory shared, TableOptions options, TableIdent ident, int formatVersion, TableIdentity identity, ImmutableHashSet<PauseReason> accepted, FlushCounters counters, ILog log)
{
    private readonly TableCommitter committer =
        new(shared.Catalog, shared.Objects, clock: shared.Clock, log: log, random: shared.Random, lists: shared.ManifestLists);
    /// <summary>For changes of the schema: records wait meanwhile, and one that is met by nothing but conflicts is refused by the catalog, whatever it calls it.</summary>
    private readonly TableCommitter evolver =
        new(shared.Catalog, shared.Objects, new() { Retries = 5, MaxWaitMs = 500 }, clock: shared.Clock, log: log, random: shared.Random);

    private volatile State? state;
    private volatile ImmutableHashSet<(string Topic, string Id)> forgotten = [];

    /// <summary>The table as last loaded or committed, and what is derived from it.</summary>
    /// <param name="FormerNames">The same instance until it says something else, as the schema is.</param>
    private sealed record State(Table Table, Schema Schema, OffsetMap Offsets, DataFileBuilder Files,
        ImmutableDictionary<(int Struct, string Name), int> FormerNames)
    {
        private ColumnNames? names;

        /// <summary>The rule with the table's columns taken.</summary>
        internal ColumnNames Names => names ??= Table.Metadata.NamesOf(Schema, []);
    }

    internal ILog Log => log;

    /// <summary>The table's, or that of one that is still to be made.</summary>
    internal int FormatVersion => state?.Table.Metadata.FormatVersion ?? formatVersion;

    /// <summary>The schemas that records of the table are written with; null where they name none. Any thread.</summary>
    internal ISchemaSource? Schemas { get; } = shared.SchemasOf(options);

    /// <summary>The schemas that keys are written with; null where they name none, or have no columns. Any thread.</summary>
    internal ISchemaSource? KeySchemas { get; } = shared.KeySchemasOf(options);

    internal IObjectStore Objects => shared.Objects;

    internal ParquetBuffers ParquetBuffers => shared.ParquetBuffers;

    internal EncodeTeam? EncodeTeam => shared.EncodeTeam;

    /// <summary>The table exists and fits the options; false while its columns are still to be inferred.</summary>
    internal bool IsOpen => state is not null;

    internal Schema Schema => Now.Schema;

    /// <summary>What records may call columns besides; none where they have no schemas.</summary>
    internal ImmutableDictionary<(int Struct, string Name), int> FormerNames => Now.FormerNames;

    /// <summary>As last loaded or committed.</summary>
    internal Table Table => Now.Table;

    internal PartitionSpec Spec { get; private set; } = PartitionSpec.Unpartitioned;

    /// <summary>How far the table is, by the last load or commit.</summary>
    internal OffsetMap Offsets => Now.Offsets;

    /// <summary>Counts the runs that have committed to the table; higher is later.</summary>
    internal long Epoch { get; private set; }

    internal long TargetFileBytes => ParquetProperties.TargetFileBytesOf(Now.Table.Metadata);

    internal ParquetOptions ParquetOptions { get; private set; } = ParquetOptions.Default;

    private State Now => state ?? throw new InvalidOperationException("the table is not open");

    /// <summary>The table is another than this host wrote to before, and that was accepted: what is kept of the old one counts no more.</summary>
    internal bool IsAnother { get; private set; }

    internal TableIdent Ident => ident;

    internal string Uuid => Now.Table.Metadata.Uuid;

    internal void Open()
    {
        var declared = TableDecoding.Declared(options);
        var known = identity.ReadUuid();
        if (shared.Catalog.TryLoad(ident) is { } table)
        {
            if (known is not null && known != table.Metadata.Uuid)
            {
                if (!Accepts(PauseReason.TableReplaced) && !Accepts(PauseReason.TableMissing)) throw Replaced(known, table.Metadata.Uuid);
                IsAnother = true;
            }
            Adopt(table, declared);
            if (known != table.Metadata.Uuid) identity.Write(table.Metadata.Uuid);
            return;
        }
        if (known is not null)
        {
            if (!Accepts(PauseReason.TableMissing)) throw Missing();
            IsAnother = true;
        }
        if (declared is not null) Create(declared);
    }

    /// <summary>Creates the table with these columns, or adopts what someone else created meanwhile.</summary>
    internal void Create(IReadOnlyList<Field> columns, WriterSchema? writer = null)
    {
        var schema = FieldIds.NewSchema(options.KafkaColumn ? [.. columns, KafkaColumn.Field(0)] : columns);
        var table = committer.LoadOrCreate(ident, new TableCreation
        {
            Schema = schema,
            Spec = PartitionSpecText.Parse(options.PartitionBy ?? "", schema),
            FormatVersion = formatVersion,
            Properties = TableDefaults.With(options.Properties.SetItems(Pipeline.FormerNames.PropertiesOf(writer))),
        });
        KillPoint.Hit("table.created");
        log.Info("table ready", ("table", ident), ("location", table.Metadata.Location), ("columns", ColumnText.Format(columns)));
        // Of someone else's that was made meanwhile, only what was declared is demanded: records have their own way to say what they bring.
        Adopt(table, TableDecoding.Declared(options));
        identity.Write(table.Metadata.Uuid);
        KillPoint.Hit("table.known");
    }

    internal void Reload()
    {
        var table = shared.Catalog.TryLoad(ident) ?? throw Missing();
        if (table.Metadata.Uuid != Uuid) throw Replaced(Uuid, table.Metadata.Uuid);
        // Sequence numbers never go down: an older one is the answer of a copy that lags.
        if (table.Metadata.LastSequenceNumber >= Now.Table.Metadata.LastSequenceNumber) Take(table);
    }

    /// <summary>Another engine has turned the table back behind what it held: its rows are to be read again.</summary>
    internal bool WasTurnedBack()
    {
        var table = shared.Catalog.TryLoad(ident) ?? throw Missing();
        if (table.Metadata.Uuid != Uuid) throw Replaced(Uuid, table.Metadata.Uuid);
        if (table.Metadata.LastSequenceNumber < Now.Table.Metadata.LastSequenceNumber) return false;
        var standing = StandingOf(table);
        if (Offsets.Topics.Any(t => t.Value.Partitions.Any(p => !(standing.Next(t.Key, p.Key) >= p.Value)))) return true;
        if (table.Metadata.LastSequenceNumber > Now.Table.Metadata.LastSequenceNumber) Take(table);
        return false;
    }

    /// <summary>
    /// The clash, by name or number, of the new fields with the columns as last loaded or committed; null where there is none. Asks no
    /// catalog.
    /// </summary>
    internal NameClash? ClashOf(IEnumerable<SchemaChange> changes)
    {
        var now = Now;
        // The rule takes notes while it looks.
        lock (now) return now.Names.ClashOf(changes.OfType<NewField>().Select(f => (Way: now.Schema.FieldsTo(f.ParentPath), f.Field)).Where(f => IsNew(f.Way, f.Field)));

        // One that is there already counts as added.
        bool IsNew(IReadOnlyList<Field> way, Field field) => (way is [.., var parent] ? parent.Type as StructType : now.Schema.Struct)?.Find(field.Name) is null;
    }

    /// <summary>
    /// Changes the columns; what holds already counts as done. Throws Invalid where the table or the catalog will not have it, Conflict
    /// where the catalog answers with nothing else.
    /// </summary>
    internal void Change(IReadOnlyList<SchemaChange> changes, WriterSchema? writer = null)
    {
        try
        {
            var update = SchemaFit.UpdateOf(changes, Pipeline.FormerNames.PropertiesFor(changes, Now.Table.Metadata, writer));
            Take(evolver.Commit(ident, update).Table, schemaIsOurs: true);
        }
        catch (EngineException e) when (IsAboutTheTable(e))
        {
            throw Explain(e);
        }
    }

    /// <summary>
    /// Commits the files and the offsets of a flush. Aborted means that the table is not where this run believes: nothing landed, resync. Call again with
    /// the same flush after an error.
    /// </summary>
    internal CommitResult Commit(Flush flush, IReadOnlyList<DataFile> files)
    {
        var action = flush.Action ??= new AppendFiles { VerifyFiles = true, Files = [.. files], Fence = table => Fence(table, flush, [.. files]) };
        var tried = action.Attempts;
        try
        {
            var result = committer.Commit(ident, action);
            if (result.Status != CommitStatus.Aborted) Take(result.Table);
            else flush.MayHaveLanded |= result.MayHaveLanded;
            return result;
        }
        catch (EngineException e)
        {
            // Either it did not land and its manifests are gone, and the next try makes a new snapshot; or only the same one may be tried.
            if (!action.MayHaveLanded) flush.Action = null;
            else flush.MayHaveLanded = true;
            if (IsAboutTheTable(e)) throw Explain(e);
            throw;
        }
        finally
        {
            counters.CommitRetries += action.Attempts - tried - (flush.WasTried ? 0 : 1);
            flush.WasTried = true;
        }
    }

    /// <summary>The snapshot that a committed flush made; null where another engine has expired it meanwhile.</summary>
    internal Snapshot? SnapshotOf(Flush flush) => Find(Now.Table.Metadata, flush);

    /// <summary>The table as last loaded holds the flush.</summary>
    internal bool Holds(Flush flush) => Find(Now.Table.Metadata, flush) is not null;

    private static Snapshot? Find(TableMetadata metadata, Flush flush) => metadata.Ancestors().FirstOrDefault(s => s.Summary.GetValueOrDefault(K2IKeys.FlushId) == flush.Id);

    /// <summary>A data file's description as the log keeps it; see <see cref="FileOf"/>.</summary>
    internal byte[] DescriptionOf(DataFile file) => DataFileBytes.Write(Now.Table.Metadata, file);

    internal DataFile FileOf(int specId, byte[] description) => DataFileBytes.Read(Now.Table.Metadata, specId, description);

    /// <summary>The topic was created again and that is accepted: what the table holds of its former life, under this id, counts no more.</summary>
    internal void Forget(string topic, string formerId)
    {
        forgotten = forgotten.Add((topic, formerId));
        Take(Now.Table);
    }

    internal bool Accepts(PauseReason reason) => accepted.Contains(reason);

    internal string DataLocation(PartitionSpec spec, PartitionTuple partition, string name) => Now.Files.LocationFor(spec, partition, name);

    /// <summary>Describes files as the table wants it.</summary>
    internal DataFileBuilder DataFiles => Now.Files;

    /// <summary>ENGINE rule 2: the table must be exactly where each range begins.</summary>
    private FenceVerdict Fence(Table table, Flush flush, ImmutableArray<DataFile> files)
    {
        var metadata = table.Metadata;
        if (metadata.Uuid != Uuid) throw Replaced(Uuid, metadata.Uuid);
        if (Find(metadata, flush) is not null) return new FenceVerdict.AlreadyDone($"flush {flush.Id} is in the table");
        var offsets = StandingOf(table);
        // The commit whose answer was lost may have landed and been expired since; or another writer was first. Either way these records are in the table.
        if (flush.MayHaveLanded && flush.Ranges.All(r => offsets.Next(r.Source.Topic, r.Source.Partition) >= r.Next)) return new FenceVerdict.AlreadyDone($"the offsets of flush {flush.Id} are in the table");
        var passed = OffsetFence.Check(offsets, flush.Ranges, forgotten);
        if (passed.Recreated is { } other) throw Recreated(other.Topic, other.Known, other.Id);
        if (passed.Abort is { } why) return new FenceVerdict.Abort(why);
        offsets = passed.After;
        var entries = offsets.PropertiesOf(table)
            .Add(K2IKeys.Epoch, Math.Max(Epoch, metadata.LongProperty(K2IKeys.Epoch, 0)).ToString(CultureInfo.InvariantCulture));
        var properties = Schemas is null ? entries : Pipeline.FormerNames.WithProperty(entries, NamesOf(metadata), metadata);
        return new FenceVerdict.ProceedWith(files, entries.Remove(K2IKeys.OffsetsOf).Add(K2IKeys.FlushId, flush.Id), properties);
    }

    /// <summary>Checks that records as configured fit the table as it is; adds declared columns that it lacks.</summary>
    private void Adopt(Table table, IReadOnlyList<Field>? declared)
    {
        var metadata = table.Metadata;
        if (TableCheck.OtherPartitioning(options, table) is { } other) log.Warn("partition_by is not the table's", ("table", ident), ("detail", other));
        if (!metadata.DefaultSpec.IsWritable) throw new EngineException(ErrorKind.Unsupported, $"table {ident}: its partition spec has a transform this build does not know");
        Spec = metadata.DefaultSpec;
        Epoch = metadata.LongProperty(K2IKeys.Epoch, 0) + 1;
        ParquetOptions = ParquetProperties.OptionsOf(metadata, shared.RowGroupBytes);
        Take(table);
        var missing = SchemaFit.Missing(ident.ToString(), declared, options.KafkaColumn, metadata.CurrentSchema);
        if (missing.Count == 0) return;
        Change(missing);
        log.Info("columns added", ("table", ident), ("columns", string.Join(", ", missing.Select(m => m.Path))));
    }

    /// <summary>
    /// How far the table is, less topics whose life has ended. Of one that came to be by a value it says also that there was something of a
    /// partition once: it is not to begin where its home is then.
    /// </summary>
    private OffsetMap StandingOf(Table table)
    {
        var offsets = OffsetMap.Of(table);
        if (options.Home.Length > 0) offsets = offsets.WithLost(OffsetMap.PropertyOf(table));
        foreach (var (topic, id) in forgotten)
            if (offsets.TopicId(topic) == id) offsets = offsets.Without(topic);
        return offsets;
    }

    private static bool IsAboutTheTable(EngineException error) => error.Kind is ErrorKind.NotFound or ErrorKind.Fatal && PauseReasons.Of(error) is null;

    /// <summary>What an error of a commit that cannot pass says about the table.</summary>
    private TableStop Explain(EngineException error) => shared.Catalog.TryLoad(ident) switch
    {
        null => Missing(),
        { } table when table.Metadata.Uuid != Uuid => Replaced(Uuid, table.Metadata.Uuid),
        _ => new TableStop(PauseReason.DamagedData, error.Message),
    };

    internal TableStop Recreated(string topic, string known, string id) =>
        new TableStop(PauseReason.TopicRecreated, $"topic recreated: {topic} was deleted and created again (id {known} became {id}); its offsets mean other records than those in table {ident}");

    private TableStop Replaced(string known, string uuid) =>
        new TableStop(PauseReason.TableReplaced, $"table replaced: {ident} was dropped and created again (uuid {known} became {uuid})");

    internal TableStop Missing() => new TableStop(PauseReason.TableMissing, $"table missing: {ident} was written to before and is not in the catalog any more");

    /// <param name="table">As loaded or committed.</param>
    /// <param name="schemaIsOurs">Its schema was just changed from here.</param>
    private void Take(Table table, bool schemaIsOurs = false)
    {
        var metadata = table.Metadata;
        shared.TellOfProperties(ident, metadata);
        var schema = metadata.CurrentSchema;
        if (state is { } old)
        {
            // The same instance for the same schema: the ring keeps its buffers by it.
            if (old.Schema.Equals(schema)) schema = old.Schema;
            else if (!schemaIsOurs) log.Info("another engine changed the table's columns", ("table", ident), ("schema", schema.SchemaId), ("columns", ColumnText.Format(schema.Fields)));
            if (old.Table.Metadata.DefaultSpecId != metadata.DefaultSpecId)
                log.Info("another engine changed the table's partitioning", ("table", ident), ("spec", metadata.DefaultSpecId), ("partition_by", PartitionSpecText.ToText(metadata.DefaultSpec, schema)));
        }
        state = new(table, schema, StandingOf(table), new(metadata), NamesOf(metadata));
    }

    private ImmutableDictionary<(int Struct, string Name), int> NamesOf(TableMetadata metadata)
    {
        var none = ImmutableDictionary<(int Struct, string Name), int>.Empty;
        if (Schemas is null) return none;
        if (state is not { } old) return Pipeline.FormerNames.Of(metadata);
        var was = old.Table.Metadata;
        if (was.CurrentSchemaId == metadata.CurrentSchemaId && was.Schemas.Length == metadata.Schemas.Length
            && was.Properties.GetValueOrDefault(K2IKeys.FormerNames) == metadata.Properties.GetValueOrDefault(K2IKeys.FormerNames))
            return old.FormerNames;
        var names = Pipeline.FormerNames.Of(metadata);
        return names.Count == old.FormerNames.Count && !names.Except(old.FormerNames).Any() ? old.FormerNames : names;
    }
}
