using Tocsin.Evidence.Artifacts;

namespace Tocsin.Evidence.Ntfs;

/// <summary>Steps once through the entries of an <c>$MFT</c>. What is no entry is counted and located; what was never used is passed over.</summary>
/// <param name="content">The table from its first byte.</param>
/// <param name="shape">Size of its entries and number of the first.</param>
/// <param name="report">Takes damage.</param>
/// <param name="cancellation">Looked at for every block.</param>
internal ref struct MftEntries(Stream content, MftShape shape, ReadReport report, CancellationToken cancellation)
{
    const int BlockBytes = 256 * 1024;

    readonly byte[] _block = new byte[BlockBytes];
    int _at, _end;
    bool _ended;
    long _offset = -shape.EntryBytes;

    /// <summary>The entry stood at.</summary>
    public FileEntry Entry { get; private set; }

    /// <summary>Its number.</summary>
    public readonly uint Number => (uint)(shape.FirstNumber + _offset / shape.EntryBytes);

    /// <summary>Where it begins in the table.</summary>
    public readonly long Offset => _offset;

    /// <summary>Whether its sectors are of different writes.</summary>
    public bool IsTorn { get; private set; }

    /// <summary>How many were torn so far.</summary>
    public long Torn { get; private set; }

    /// <summary>Steps to the next entry that can be read.</summary>
    public bool Next()
    {
        while (Fill())
        {
            _offset += shape.EntryBytes;
            EntryState state = FileEntry.Open(_block.AsSpan(_at, shape.EntryBytes), out FileEntry entry);
            _at += shape.EntryBytes;
            if (state == EntryState.Empty) continue;
            IsTorn = state == EntryState.Torn;
            if (state != EntryState.Whole) report.Add(DamageKind.Malformed, Number, _offset);
            if (IsTorn) Torn++;
            if (state is not (EntryState.Whole or EntryState.Torn)) continue;
            Entry = entry;
            return true;
        }

        return false;
    }

    bool Fill()
    {
        if (_end - _at >= shape.EntryBytes) return true;
        if (!_ended)
        {
            cancellation.ThrowIfCancellationRequested();
            _block.AsSpan(_at, _end - _at).CopyTo(_block);
            _end -= _at;
            _at = 0;
            _end += content.ReadAtLeast(_block.AsSpan(_end), _block.Length - _end, throwOnEndOfStream: false);
            _ended = _end < _block.Length;
            if (_end >= shape.EntryBytes) return true;
        }

        if (_end > _at) report.Add(DamageKind.CutOff, Number + 1, _offset + shape.EntryBytes);
        _at = _end;
        return false;
    }
}
