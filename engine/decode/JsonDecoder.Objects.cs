using System.Runtime.CompilerServices;
using K2I.Columns;

namespace K2I.Decode;

/// <summary>Objects, arrays, and the keys between them.</summary>
public sealed unsafe partial class JsonDecoder
{
    /// <summary>
    /// An object's members, from after its brace, to the children of <paramref name="node"/>. Each child must hold <paramref name="rows"/> values before
    /// and one more after: one that holds more already has had its key.
    /// </summary>
    private byte* Object(JsonNode node, byte* p, int rows, int depth)
    {
        if (depth > maxDepth) return Fail(DecodeStatus.TooDeep, p - 1, node);
        var missing = node.Children.Length;
        JsonNode? before = null;
        var guess = node.First;
        if (*p <= ' ') p = Space(p);
        if (*p != '}')
        {
            for (var members = 1; ; members++)
            {
                JsonNode? member;
                if (guess is not null && guess.IsAt(p))
                {
                    member = guess;
                    p += guess.KeyBytes;
                }
                else
                {
                    if (members > maxFields) return Fail(DecodeStatus.TooManyFields, p, node);
                    p = Member(node, p, before, out member);
                    if (p == null) return null;
                }
                if (*p <= ' ') p = Space(p);
                if (member is not null)
                {
                    if (member.Column.Count != rows) return Fail(DecodeStatus.DuplicateKey, p, member);
                    p = Value(member, p, depth);
                    missing--;
                    before = member;
                    guess = member.Next;
                }
                else
                {
                    p = Unknown(node, p, depth);
                }
                if (p == null) return null;
                if (*p <= ' ') p = Space(p);
                if (*p != ',') break;
                p++;
                if (*p <= ' ') p = Space(p);
            }
            if (*p != '}') return Fail(DecodeStatus.InvalidJson, p, node);
        }
        return missing == 0 || FillMissing(node, rows, p) ? p + 1 : null;
    }

    /// <summary>The key at <paramref name="p"/> and its colon, which nobody guessed; the member is null where the schema has none of that name.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private byte* Member(JsonNode node, byte* p, JsonNode? before, out JsonNode? member)
    {
        member = null;
        var at = p;
        p = Text(p, node, out var name);
        if (p == null) return null;
        member = node.Keys!.Find(name, out var variant);
        if (variant is not null && Variant(variant, name)) member = variant;
        if (member is null)
        {
            if (node.Dropped.Length > 0 && (isDropped = IsDropped(node, name))) return Colon(p, node);
            if (unknownFields == UnknownFields.Refuse && !IsMetadata(node, name)) return RefuseUnknown(node, name, variant, at);
        }
        else if (member.KeyBytes != 0)
        {
            if (before is null) node.First = member;
            else before.Next = member;
        }
        return Colon(p, node);
    }

    /// <summary>A key that is a member's but for its case: true where it counts as the member's.</summary>
    private bool Variant(JsonNode member, ReadOnlySpan<byte> name)
    {
        if (!caseSensitive)
        {
            member.Guess(name);
            return true;
        }
        member.VariantIn = records;
        member.VariantAt = At(name);
        member.VariantBytes = name.Length;
        return false;
    }

    private bool IsDropped(JsonNode node, ReadOnlySpan<byte> name)
    {
        foreach (var dropped in node.Dropped)
            if (caseSensitive ? name.SequenceEqual(dropped) : NameCase.Equals(name, dropped)) return true;
        return false;
    }

    private bool IsMetadata(JsonNode node, ReadOnlySpan<byte> name) =>
        node == root && (caseSensitive ? name.SequenceEqual(metadata) : NameCase.Equals(name, metadata));

    private byte* RefuseUnknown(JsonNode node, ReadOnlySpan<byte> name, JsonNode? variant, byte* at)
    {
        unknownVariant = variant;
        unknownAt = At(name);
        unknownBytes = name.Length;
        return Fail(DecodeStatus.UnknownField, at, node);
    }

    private byte* Colon(byte* p, JsonNode node)
    {
        if (*p <= ' ') p = Space(p);
        return *p == ':' ? p + 1 : Fail(DecodeStatus.InvalidJson, p, node);
    }

    private byte* Unknown(JsonNode node, byte* p, int depth)
    {
        if (isDropped)
        {
            isDropped = false;
            return Skip(node, p, depth);
        }
        scalars = 0;
        var at = p;
        p = Skip(node, p, depth);
        if (p == null || scalars == 0) return p;
        IgnoredFields++;
        if (unknownFields == UnknownFields.Evolve && newFieldAt == null)
        {
            newFieldAt = at;
            newFieldIn = node;
        }
        return p;
    }

    private bool FillMissing(JsonNode node, int rows, byte* at)
    {
        foreach (var child in node.Children)
        {
            if (child.Column.Count > rows) continue;
            if (child.Default is { } value)
            {
                value.AppendTo(child.Column);
            }
            else if (child.Required)
            {
                Fail(DecodeStatus.MissingRequired, at, child);
                return false;
            }
            else
            {
                child.Column.AppendNull();
            }
            if (child.VariantIn == records) TellOfCase(child);
        }
        return true;
    }

    private byte* Array(JsonNode node, byte* p, int depth)
    {
        if (depth > maxDepth) return Fail(DecodeStatus.TooDeep, p - 1, node);
        var element = node.Children[0];
        if (*p <= ' ') p = Space(p);
        if (*p != ']')
        {
            while (true)
            {
                p = Value(element, p, depth);
                if (p == null) return null;
                if (*p <= ' ') p = Space(p);
                if (*p != ',') break;
                p++;
                if (*p <= ' ') p = Space(p);
            }
            if (*p != ']') return Fail(DecodeStatus.InvalidJson, p, node);
        }
        node.Column.EndList();
        return p + 1;
    }

    private byte* Entries(JsonNode node, byte* p, int depth)
    {
        if (depth > maxDepth) return Fail(DecodeStatus.TooDeep, p - 1, node);
        var key = node.Children[0];
        var value = node.Children[1];
        var outer = mapKeys.Begin();
        if (*p <= ' ') p = Space(p);
        if (*p != '}')
        {
            for (var members = 1; ; members++)
            {
                if (members > maxFields) return Fail(DecodeStatus.TooManyFields, p, node);
                p = MapKey(key, p);
                if (p == null) return null;
                if (*p <= ' ') p = Space(p);
                p = Value(value, p, depth);
                if (p == null) return null;
                node.Entries.EndStruct();
                if (*p <= ' ') p = Space(p);
                if (*p != ',') break;
                p++;
                if (*p <= ' ') p = Space(p);
            }
            if (*p != '}') return Fail(DecodeStatus.InvalidJson, p, node);
        }
        mapKeys.End(outer);
        node.Column.EndList();
        return p + 1;
    }

    private byte* MapKey(JsonNode key, byte* p)
    {
        var at = p;
        p = Text(p, key, out var text);
        if (p == null) return null;
        bool added;
        if (key.Kind == TypeKind.String)
        {
            added = mapKeys.Add(text);
            key.Column.AppendBytes(text);
        }
        else if (key.Kind is TypeKind.Binary or TypeKind.Fixed)
        {
            if (!Decoded(key, ref text, at)) return null;
            added = mapKeys.Add(text);
            if (key.Kind == TypeKind.Fixed) key.Column.AppendFixed(text);
            else key.Column.AppendBytes(text);
        }
        else
        {
            if (!Parse(key, text, at, out var bits)) return null;
            added = mapKeys.Add(new ReadOnlySpan<byte>(&bits, sizeof(Int128)));
            Append(key, bits);
        }
        return added ? Colon(p, key) : Fail(DecodeStatus.DuplicateKey, at, key);
    }
}
