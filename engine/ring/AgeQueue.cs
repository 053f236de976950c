namespace K2I.Ring;

/// <summary>
/// Things in the order they came, each of a kind: the first of all, and the first and the last of a kind, are found at once, however many
/// there are. Under the pool's lock.
/// </summary>
internal sealed class AgeQueue<TKind, T>
    where TKind : notnull
{
    private readonly LinkedList<Place> all = new();
    private readonly Dictionary<TKind, LinkedList<Place>> kinds = [];

    /// <summary>The one that came first; null where there is none.</summary>
    internal Place? Oldest => all.First?.Value;

    internal Place? OldestOf(TKind kind) => kinds.GetValueOrDefault(kind)?.First!.Value;

    internal Place? NewestOf(TKind kind) => kinds.GetValueOrDefault(kind)?.Last!.Value;

    internal Place Add(TKind kind, T item)
    {
        if (!kinds.TryGetValue(kind, out var same)) kinds[kind] = same = new();
        var place = new Place(kind, item);
        place.InAll = all.AddLast(place);
        place.InKind = same.AddLast(place);
        return place;
    }

    internal T Remove(Place place)
    {
        all.Remove(place.InAll!);
        var same = kinds[place.Kind];
        same.Remove(place.InKind!);
        if (same.Count == 0) kinds.Remove(place.Kind);
        return place.Item;
    }

    /// <summary>Where a thing stands.</summary>
    internal sealed class Place(TKind kind, T item)
    {
        internal TKind Kind => kind;

        internal T Item => item;

        internal LinkedListNode<Place>? InAll { get; set; }

        internal LinkedListNode<Place>? InKind { get; set; }
    }
}
