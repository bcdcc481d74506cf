using Wasmtime;

namespace Tocsin.Detection.Yara.Portable;

/// <summary>The state of a YARA-X that has compiled rules: its memory and its table of references. Immutable; safe to share between threads.</summary>
/// <remarks>
/// Wasmtime frees what a store holds only with the store, so stores are thrown away after some hundred scans; and each thread
/// needs a store of its own. Copying the state takes a hundredth of the time of compiling the rules again. Pages of zeros,
/// a third of the memory, are not kept.
/// </remarks>
internal sealed class EngineSnapshot
{
    const int PageBytes = 64 * 1024;

    readonly byte[]?[] _pages;
    readonly object?[] _references;

    EngineSnapshot(byte[]?[] pages, object?[] references)
    {
        _pages = pages;
        _references = references;
    }

    public static EngineSnapshot Of(Memory memory, Table table)
    {
        var pages = new byte[]?[memory.GetSize()];
        for (int i = 0; i < pages.Length; i++)
        {
            ReadOnlySpan<byte> page = memory.GetSpan((long)i * PageBytes, PageBytes);
            if (page.ContainsAnyExcept((byte)0)) pages[i] = page.ToArray();
        }

        var references = new object?[table.GetSize()];
        for (int i = 0; i < references.Length; i++)
        {
            references[i] = table.GetElement((uint)i);
            if (references[i] is not (null or Undefined or bool)) throw new InvalidOperationException("YARA-X left a reference behind when it compiled the rules.");
        }

        return new(pages, references);
    }

    public void Restore(Memory memory, Table table)
    {
        if (memory.GetSize() < _pages.Length) memory.Grow(_pages.Length - memory.GetSize());
        for (int i = 0; i < _pages.Length; i++)
        {
            Span<byte> page = memory.GetSpan((long)i * PageBytes, PageBytes);
            if (_pages[i] is { } bytes) bytes.CopyTo(page);
            else if (page.ContainsAnyExcept((byte)0)) page.Clear();
        }

        ulong size = table.GetSize();
        if (size < (ulong)_references.Length) table.Grow((uint)((ulong)_references.Length - size), null);
        for (int i = 0; i < _references.Length; i++) table.SetElement((uint)i, _references[i]);
    }
}
