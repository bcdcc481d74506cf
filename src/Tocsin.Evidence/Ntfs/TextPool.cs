namespace Tocsin.Evidence.Ntfs;

/// <summary>A text in a <see cref="TextPool"/>.</summary>
internal readonly record struct PooledText(int At, ushort Length);

/// <summary>Keeps many short texts with little overhead, up to a limit. Not safe for concurrent use.</summary>
internal sealed class TextPool(int maxBytes)
{
    const int ChunkBits = 18;
    const int ChunkBytes = 1 << ChunkBits;

    readonly List<byte[]> _chunks = [];
    int _used = ChunkBytes;

    /// <summary>Texts that were not kept for want of room.</summary>
    public long Refused { get; private set; }

    /// <summary>Keeps a text; an empty one stands for it where there is no room.</summary>
    public PooledText Add(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty) return default;
        if (text.Length > ushort.MaxValue) text = text[..ushort.MaxValue];
        if (text.Length > ChunkBytes - _used)
        {
            if ((long)(_chunks.Count + 1) * ChunkBytes > maxBytes)
            {
                Refused++;
                return default;
            }

            _chunks.Add(new byte[ChunkBytes]);
            _used = 0;
        }

        text.CopyTo(_chunks[^1].AsSpan(_used));
        var kept = new PooledText(((_chunks.Count - 1) << ChunkBits) | _used, (ushort)text.Length);
        _used += text.Length;
        return kept;
    }

    public ReadOnlySpan<byte> this[PooledText text] =>
        text.Length == 0 ? default : _chunks[text.At >> ChunkBits].AsSpan(text.At & (ChunkBytes - 1), text.Length);
}
