namespace Tocsin.Evidence.Hive;

/// <summary>Takes the keys and values of a hive, one after the other.</summary>
internal interface IHiveVisitor
{
    /// <summary>A key that has no values.</summary>
    void OnKey(in HiveKey key);

    /// <summary>A value; those of one key come one behind the other.</summary>
    void OnValue(in HiveKey key, in HiveValue value);
}

/// <summary>A key as it is shown: valid during the call.</summary>
internal readonly ref struct HiveKey
{
    /// <summary>The whole path in Windows' words, UTF-8.</summary>
    public ReadOnlySpan<byte> Path { get; init; }

    /// <summary>When the key or one of its values was last changed; default where that cannot be read.</summary>
    public DateTime LastWriteUtc { get; init; }

    /// <summary>The class name, UTF-16, or empty.</summary>
    public ReadOnlySpan<byte> Class { get; init; }

    /// <summary>Whether it was found in room that is free.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>Of its cell in the file.</summary>
    public long Offset { get; init; }
}

/// <summary>A value as it is stored: valid during the call.</summary>
internal readonly ref struct HiveValue
{
    /// <summary>The name as stored; empty for a key's default value.</summary>
    public ReadOnlySpan<byte> Name { get; init; }

    public bool IsNarrow { get; init; }

    public uint Type { get; init; }

    /// <summary>The data, or as much of it as there is and is looked at.</summary>
    public ReadOnlySpan<byte> Data { get; init; }

    public bool IsDeleted { get; init; }

    public long Offset { get; init; }
}
