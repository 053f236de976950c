namespace K2I.Decode;

/// <summary>Values of any shape, as variants.</summary>
public sealed unsafe partial class JsonDecoder
{
    private readonly VariantEncoder variant = new();

    private static byte* Variant(JsonDecoder self, JsonNode node, byte* p, int depth)
    {
        if (*p == 'n') return self.Rare(node, p, depth);
        self.variant.Clear();
        var q = self.AnyValue(node, p, depth);
        if (q == null) return null;
        var outcome = self.variant.AppendTo(node.Column);
        return outcome == DecodeStatus.Ok ? q : self.Fail(outcome, p, node);
    }

    private byte* AnyValue(JsonNode node, byte* p, int depth)
    {
        switch (*p)
        {
            case (byte)'{':
                return depth < maxDepth ? AnyObject(node, p + 1, depth + 1) : Fail(DecodeStatus.TooDeep, p, node);
            case (byte)'[':
                return depth < maxDepth ? AnyArray(node, p + 1, depth + 1) : Fail(DecodeStatus.TooDeep, p, node);
            case (byte)'"':
                var end = Text(p, node, out var text);
                if (end != null) variant.Text(text, At(text));
                return end;
            case (byte)'n' when *(uint*)p == Null:
                variant.Constant(VariantEncoder.Null);
                return p + 4;
            case (byte)'t' when *(uint*)p == True:
                variant.Constant(VariantEncoder.True);
                return p + 4;
            case (byte)'f' when *(uint*)(p + 1) == Alse:
                variant.Constant(VariantEncoder.False);
                return p + 5;
            default:
                var q = JsonNumber.Read(p, out var number);
                if (q == null) return Fail(DecodeStatus.InvalidJson, p, node);
                return variant.Number(in number, new(p, (int)(q - p))) ? q : Fail(DecodeStatus.Overflow, p, node);
        }
    }

    private byte* AnyObject(JsonNode node, byte* p, int depth)
    {
        var begun = variant.Begin(isObject: true);
        if (*p <= ' ') p = Space(p);
        if (*p == '}') return p + 1;
        for (var members = 1; ; members++)
        {
            if (members > maxFields) return Fail(DecodeStatus.TooManyFields, p, node);
            p = Text(p, node, out var name);
            if (p == null) return null;
            variant.Name(name, At(name));
            p = Colon(p, node);
            if (p == null) return null;
            if (*p <= ' ') p = Space(p);
            p = AnyValue(node, p, depth);
            if (p == null) return null;
            if (*p <= ' ') p = Space(p);
            if (*p == '}')
            {
                variant.End(begun, members);
                return p + 1;
            }
            if (*p != ',') return Fail(DecodeStatus.InvalidJson, p, node);
            p++;
            if (*p <= ' ') p = Space(p);
        }
    }

    private byte* AnyArray(JsonNode node, byte* p, int depth)
    {
        var begun = variant.Begin(isObject: false);
        if (*p <= ' ') p = Space(p);
        if (*p == ']') return p + 1;
        for (var values = 1; ; values++)
        {
            p = AnyValue(node, p, depth);
            if (p == null) return null;
            if (*p <= ' ') p = Space(p);
            if (*p == ']')
            {
                variant.End(begun, values);
                return p + 1;
            }
            if (*p != ',') return Fail(DecodeStatus.InvalidJson, p, node);
            p++;
            if (*p <= ' ') p = Space(p);
        }
    }
}
