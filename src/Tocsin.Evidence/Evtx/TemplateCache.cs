using System.Buffers.Binary;

namespace Tocsin.Evidence.Evtx;

/// <summary>The templates of a chunk by their place, and of all chunks by what they say: a definition is compiled once a file, not once a chunk. One thread.</summary>
internal sealed class TemplateCache(WorkBudget budget)
{
    /// <summary>GUID, length and the offset of the next one of the bucket.</summary>
    public const int DefinitionHeaderBytes = 24;

    /// <summary>Bytes of definitions kept over chunks; compiled they take some ten times as much. A server's whole log has some 200 KB.</summary>
    const int MaxKeptBytes = 2 * 1024 * 1024;

    const int OverheadBytes = 256;

    readonly record struct Key(ulong Low, ulong High, int Length);

    readonly TemplateCompiler _compiler = new(budget);
    readonly Dictionary<int, Template?> _ofChunk = [];
    readonly Dictionary<Key, List<Template>> _known = [];
    int _keptBytes;

    /// <summary>How many definitions were compiled.</summary>
    public int Compiled { get; private set; }

    /// <summary>Forgets the places of the chunk before.</summary>
    public void StartChunk()
    {
        _ofChunk.Clear();
        _compiler.StartChunk();
    }

    /// <summary>The template whose definition stands at a place of the chunk; null where none does that can be read.</summary>
    /// <param name="chunk">The chunk.</param>
    /// <param name="at">The definition's place.</param>
    public Template? Get(ReadOnlySpan<byte> chunk, int at)
    {
        if (_ofChunk.TryGetValue(at, out Template? template)) return template;
        template = Find(chunk, at);
        _ofChunk[at] = template;
        return template;
    }

    /// <summary>Behind the definition that stands at a place, or -1.</summary>
    public static int EndOf(ReadOnlySpan<byte> chunk, int at)
    {
        if (at < 0 || at > chunk.Length - DefinitionHeaderBytes) return -1;
        uint length = EvtxLayout.UInt32(chunk, at + 20);
        return length > (uint)(chunk.Length - at - DefinitionHeaderBytes) ? -1 : at + DefinitionHeaderBytes + (int)length;
    }

    /// <summary>A fragment that is no template's.</summary>
    public Template? Literal(ReadOnlySpan<byte> chunk, int from, int end) => _compiler.Compile(chunk, from, end, isDefinition: false);

    Template? Find(ReadOnlySpan<byte> chunk, int at)
    {
        int end = EndOf(chunk, at), from = at + DefinitionHeaderBytes;
        if (end < 0) return null;
        var key = new Key(BinaryPrimitives.ReadUInt64LittleEndian(chunk[(at + 4)..]), BinaryPrimitives.ReadUInt64LittleEndian(chunk[(at + 12)..]), end - from);
        List<Template>? variants = _known.GetValueOrDefault(key);
        foreach (Template known in variants ?? [])
        {
            if (!budget.Spend(key.Length)) return null;
            if (known.Equals(chunk, from)) return known;
        }

        Compiled++;
        Template? template = _compiler.Compile(chunk, from, end, isDefinition: true);
        if (template is null) return null;
        if (_keptBytes > MaxKeptBytes)
        {
            _known.Clear();
            (_keptBytes, variants) = (0, null);
        }

        if (variants is null) _known[key] = variants = [];
        if (variants.Count >= Template.MaxVariants) variants.RemoveAt(0);
        variants.Add(template);
        _keptBytes += key.Length + OverheadBytes;
        return template;
    }
}
