using System.Buffers.Binary;
using Tocsin.Evidence.Artifacts;

namespace Tocsin.Evidence.Ntfs;

/// <summary>Steps through the records of a journal. Zeros are passed over, whatever is no record is counted once for each stretch and searched for the next.</summary>
/// <param name="content">The journal from its first byte.</param>
/// <param name="report">Takes damage.</param>
/// <param name="cancellation">Looked at for every block.</param>
internal ref struct UsnRecords(Stream content, ReadReport report, CancellationToken cancellation)
{
    const int BlockBytes = 256 * 1024;
    const int Alignment = 8;

    readonly byte[] _block = new byte[BlockBytes];
    int _at, _end;
    long _blockOffset;
    bool _ended, _isLost;

    /// <summary>The record stood at.</summary>
    public UsnRecord Record { get; private set; }

    /// <summary>Where it begins.</summary>
    public long Offset { get; private set; }

    /// <summary>How many were given so far; the record's number.</summary>
    public long Number { get; private set; }

    /// <summary>Steps to the next record.</summary>
    public bool Next()
    {
        while (true)
        {
            ReadOnlySpan<byte> rest = _block.AsSpan(_at, _end - _at);
            if (rest.Length >= Alignment && BinaryPrimitives.ReadUInt64LittleEndian(rest) == 0)
            {
                // The part of a journal that was given back to the volume, and what is left of a page.
                int zeros = rest.IndexOfAnyExcept((byte)0);
                _at += (zeros < 0 ? rest.Length : zeros) & ~(Alignment - 1);
                continue;
            }

            UsnState state = UsnRecord.TryRead(rest, out UsnRecord record);
            if (state == UsnState.Incomplete && !_ended)
            {
                Fill();
                continue;
            }

            if (state == UsnState.Record)
            {
                Offset = _blockOffset + _at;
                _at += record.Length;
                Record = record;
                Number++;
                _isLost = false;
                return true;
            }

            if (rest.Length < Alignment)
            {
                if (rest.ContainsAnyExcept((byte)0) && !_isLost) report.Add(DamageKind.CutOff, Number + 1, _blockOffset + _at);
                return false;
            }

            if (!_isLost) report.Add(state == UsnState.Incomplete ? DamageKind.CutOff : DamageKind.Malformed, Number + 1, _blockOffset + _at);
            _isLost = true;
            _at += Alignment;
        }
    }

    void Fill()
    {
        cancellation.ThrowIfCancellationRequested();
        _block.AsSpan(_at, _end - _at).CopyTo(_block);
        _end -= _at;
        _blockOffset += _at;
        _at = 0;
        _end += content.ReadAtLeast(_block.AsSpan(_end), _block.Length - _end, throwOnEndOfStream: false);
        _ended = _end < _block.Length;
    }
}
