using System.Globalization;
using K2I.Base;
using K2I.Columns;
using K2I.Iceberg;

namespace K2I.Pipeline;

/// <summary>
/// <c>dead_letter = table</c>: rows of the Iceberg table <c>NAME_dead_letters</c>, exactly once.
/// </summary>
/// <remarks>
/// They are committed before the main table's commit of the same flush, with an offset map of their own: topic → partition → the offset below which letters were
/// added. After a crash in between the flush is made again, perhaps with other boundaries, and the letters come again: <see cref="LetterSelection"/> leaves out
/// those that are in. The fence lets a commit stand only on the offsets (or, where rows were looked up, the very snapshot) that the selection was made from; otherwise
/// everything is looked at again. A commit in doubt is sent again as it was; its file is never deleted.
/// </remarks>
internal sealed class TableLetters : BufferedLetters
{
    private const int MostRounds = 20;

    private readonly DeadLetterServices services;
    private readonly TableIdent ident;
    private readonly TableCommitter committer;
    private LetterAttempt? attempt;
    private int files;

    internal TableLetters(DeadLetterServices services) : base(services)
    {
        this.services = services;
        ident = DeadLetterTable.IdentFor(services.Table);
        committer = new(services.Catalog, services.Objects, clock: services.Clock, log: services.Log, random: services.Random);
    }

    internal override void Keep(string flushId, long epoch, IReadOnlyList<LetterBuffer> letters, IReadOnlyList<OffsetRange> ranges)
    {
        if (letters.Count == 0) return;
        if (attempt is not null && attempt.FlushId != flushId) GiveUp();
        for (var round = 1; round <= MostRounds; round++)
        {
            attempt ??= Prepare(flushId, epoch, letters, ranges);
            if (attempt is null || Send()) return;
        }
        throw new EngineException(ErrorKind.Conflict, $"table {ident}: others keep changing it; its dead letters are tried again");
    }

    public override void Dispose() => GiveUp();

    /// <summary>Finds out what is missing and writes it as a data file; null if nothing is.</summary>
    private LetterAttempt? Prepare(string flushId, long epoch, IReadOnlyList<LetterBuffer> letters, IReadOnlyList<OffsetRange> ranges)
    {
        var anyIn = false;
        foreach (var buffer in letters)
            for (var letter = buffer.Read(); !anyIn && letter.Next();) anyIn = IsIn(ranges, letter.Source, letter.Offset);
        if (!anyIn) return null;
        var table = Open();
        var selection = LetterSelection.Of(table, services.Objects, letters, (source, offset) => IsIn(ranges, source, offset));
        if (selection.Missing == 0) return null;
        var file = Write(flushId, epoch, selection, letters, ranges);
        KillPoint.Hit("letters.file-written");
        return new LetterAttempt(
            flushId, table.Metadata.Uuid, selection.LookedUp, table.Metadata.CurrentSnapshotId, selection.Before, selection.After, selection.Moved, file)
        {
            Action = new AppendFiles { VerifyFiles = true, Files = [file], Fence = current => Fence(current, flushId, epoch) },
        };
    }

    /// <summary>True once the letters are in; false if the table is not as it was looked at, and has to be looked at again.</summary>
    private bool Send()
    {
        var sent = attempt!;
        KillPoint.Hit("letters.before-commit");
        try
        {
            var result = committer.Commit(ident, sent.Action);
            attempt = null;
            KillPoint.Hit("letters.after-commit");
            if (result.Status != CommitStatus.Aborted)
            {
                services.Log.Info("dead letters committed", ("table", ident), ("letters", sent.File.RecordCount), ("snapshot", result.Table.Metadata.CurrentSnapshotId?.Value));
                return true;
            }
            if (!result.MayHaveLanded) Delete(sent.File);
            return false;
        }
        catch (EngineException e) when (e.Kind == ErrorKind.NotFound)
        {
            // Dropped by someone meanwhile: the letters go into a new one.
            GiveUp();
            return false;
        }
        catch (EngineException) when (!sent.Action.MayHaveLanded)
        {
            GiveUp();
            throw;
        }
    }

    private FenceVerdict Fence(Table table, string flushId, long epoch)
    {
        var made = attempt!;
        if (table.Metadata.Uuid != made.TableUuid) return new FenceVerdict.Abort("the table of dead letters was replaced");
        if (made.LookedUp && table.Metadata.CurrentSnapshotId != made.SnapshotId) return new FenceVerdict.Abort("dead letters were added or removed by someone else");
        var now = OffsetMap.Of(table);
        foreach (var source in made.Moved)
        {
            if (now.Next(source.Topic, source.Partition) != made.Before.Next(source.Topic, source.Partition) || now.TopicId(source.Topic) != made.Before.TopicId(source.Topic))
                return new FenceVerdict.Abort($"another writer added dead letters of {source.Topic}[{source.Partition}]");
        }
        var after = now;
        foreach (var source in made.Moved)
            if (made.After.TopicId(source.Topic) is { } id && now.TopicId(source.Topic) is { } known && known != id) after = after.Without(source.Topic);
        foreach (var source in made.Moved) after = after.With(source.Topic, source.TopicId, source.Partition, made.After.Next(source.Topic, source.Partition)!.Value);
        var entries = after.PropertiesOf(table);
        return new FenceVerdict.ProceedWith([made.File], entries.Remove(K2IKeys.OffsetsOf).Add(K2IKeys.FlushId, flushId).Add(K2IKeys.Epoch, epoch.ToString(CultureInfo.InvariantCulture)), entries);
    }

    /// <summary>The table, created where it is not there, with all columns that letters need.</summary>
    private Table Open()
    {
        var table = committer.LoadOrCreate(ident, new TableCreation
        {
            Schema = FieldIds.NewSchema(DeadLetterTable.Columns),
            FormatVersion = services.FormatVersion,
            Properties = TableDefaults.With([KeyValuePair.Create("comment", $"Kafka records that became no row of {services.Table}")]),
        });
        var lacking = SchemaFit.Missing(ident.ToString(), DeadLetterTable.Columns, kafkaColumn: false, table.Metadata.CurrentSchema);
        if (lacking.Count == 0) return table;
        var update = new UpdateSchema();
        foreach (var field in lacking) update.Add(field.ParentPath, field.Field.Name, field.Field.Type, field.Field.Doc);
        return committer.Commit(ident, update).Table;
    }

    private DataFile Write(string flushId, long epoch, LetterSelection selection, IReadOnlyList<LetterBuffer> letters, IReadOnlyList<OffsetRange> ranges)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{++files:D5}-{epoch}-{flushId}-{services.Random.NewGuid():N}.parquet");
        using var file = new LetterFile(selection.Table, name, services, selection.LargestBytes);
        foreach (var buffer in letters)
        {
            for (var letter = buffer.Read(); letter.Next();)
                if (IsIn(ranges, letter.Source, letter.Offset) && selection.IsMissing(letter.Source, letter.Offset)) file.Add(letter);
        }
        return file.Finish(flushId);
    }

    /// <summary>Forgets the attempt; its file goes unless it may be in the table.</summary>
    private void GiveUp()
    {
        if (attempt is { Action.MayHaveLanded: false } unsent) Delete(unsent.File);
        attempt = null;
    }

    private void Delete(DataFile file)
    {
        try
        {
            services.Objects.Delete(file.FilePath);
        }
        catch (EngineException e)
        {
            services.Log.Warn("a file of dead letters that no snapshot refers to could not be removed", ("table", ident), ("file", file.FilePath), ("error", e.Message));
        }
    }
}
